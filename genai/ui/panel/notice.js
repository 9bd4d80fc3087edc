show((value) => setText(part("sentence"), value.sentence));
