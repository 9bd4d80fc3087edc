"""What one visitor sees in the end, whether results come growing or together."""


def run(panel, model, *values):
    if panel.queue.get("batch"):
        [shown], [notice] = panel.run([model], *([value] for value in values))
        return shown, notice
    return list(panel.run(model, *values))[-1]


def follow(panel, notice):
    if panel.queue.get("batch"):
        [shown], [after] = panel.follow([notice])
        return shown, after
    return list(panel.follow(notice))[-1]
