def serve(portions, guests):
    kitchen = []
    for dish, count in portions.items():
        kitchen += [dish] * count
    eaten = []
    for wishes in guests:
        possible = [wish for wish in wishes if wish == "bread" or wish in kitchen]
        choice = possible[0] if possible else "bread"
        if choice in kitchen and choice != "bread":
            kitchen.remove(choice)
        eaten.append(choice)
    happy = sum(wishes[:1] in ([], [dish]) for wishes, dish in zip(guests, eaten))
    return eaten, len(guests) - happy
