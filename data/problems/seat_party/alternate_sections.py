def seat_label(rows, party):
    wanted = "." * party
    for index in range(len(rows)):
        passed = 0
        for section in rows[index].split("|"):
            at = section.find(wanted)
            if at >= 0:
                return f"{index + 1}{chr(65 + passed + at)}"
            passed += len(section)
    return ""
