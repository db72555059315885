def sign_at(text, width, tick):
    offset = tick % (len(text) + width) - width
    shown = ""
    for cell in range(width):
        index = cell + offset
        if index >= 0 and index < len(text):
            shown += text[index]
        else:
            shown += "."
    return shown
