def whisper(word, people):
    alphabet = "abcdefghijklmnopqrstuvwxyza"
    if word == "":
        return word
    rounds, extra = divmod(people, len(word))
    heard = ""
    for place, sound in enumerate(word):
        at = alphabet.index(sound)
        turns = rounds + 1 if place < extra else rounds
        while turns > 0 and alphabet[at] not in "aeiou":
            turns -= 1
            at += 1
        heard += alphabet[at]
    return heard[extra:] + heard[:extra]
