"""The folders of servers: what a killed one left is taken over or removed, what a running one holds stays."""

from genai.learn.runs import store


def test_only_what_no_server_holds_is_taken_over_and_removed(tmp_path):
    held, left = tmp_path / f"{store.PREFIX}held", tmp_path / f"{store.PREFIX}left"
    home = tmp_path / f"{store.PREFIX}home"
    lock = store.hold(held)
    for folder, run in ((held, "a"), (left, "b")):
        (folder / "runs" / run).mkdir(parents=True)
    (home / "runs").mkdir(parents=True)
    store.adopt(home)
    assert sorted(path.name for path in (home / "runs").iterdir()) == ["b"]
    assert held.exists()
    assert not left.exists()
    lock.release()


def test_a_killed_servers_models_are_removed(tmp_path):
    held, left, other = (tmp_path / name for name in ("own-held", "own-left", "other"))
    lock = store.hold(held)
    for folder in (left, other):
        folder.mkdir()
    store.remove_abandoned(tmp_path, "own-")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "own-held"]
    lock.release()
