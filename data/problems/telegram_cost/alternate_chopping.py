def blocks(piece, size):
    if piece == "":
        return 0
    return 1 + blocks(piece[size:], size)


def telegram_cost(text, rate):
    paid = [piece for piece in text.split(" ") if piece != "STOP"]
    numbers = [piece for piece in paid if piece.isdigit()]
    others = [piece for piece in paid if not piece.isdigit()]
    total = sum(blocks(piece, 3) for piece in numbers)
    total += sum(blocks(piece, 5) for piece in others)
    return rate * max(total, 4)
