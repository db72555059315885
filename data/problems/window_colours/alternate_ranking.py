def main_colour(strip):
    letters = {glass for glass in strip if glass != "."}
    if not letters:
        return "."
    ranking = sorted((-strip.count(glass), glass) for glass in letters)
    return ranking[0][1]


def column_colours(rows):
    colours = [main_colour(strip) for strip in zip(*rows)]
    return "".join(colours)
