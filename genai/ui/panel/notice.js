show((value) => say(part("sentence"), value.sentence));
