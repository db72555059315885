def waiting(letters):
    pending = []
    for letter in letters:
        sender, receiver = letter.split(">")
        opposite = f"{receiver}>{sender}"
        if opposite in pending:
            pending.remove(opposite)
        else:
            pending.append(letter)
    return pending
