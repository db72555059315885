def sign_at(text, width, tick):
    cells = ["."] * width
    feed = list(text) + cells
    while tick >= len(feed):
        tick -= len(feed)
    for step in range(tick):
        cells = cells[1:]
        cells.append(feed[step])
    return "".join(cells)
