def raw_parts(kits, name, count):
    if name not in kits:
        return {name: count}
    total = {}
    for part, needed in kits[name].items():
        for raw, amount in raw_parts(kits, part, needed * count).items():
            total[raw] = total.get(raw, 0) + amount
    ordered = {raw: total[raw] for raw in sorted(total)}
    return ordered
