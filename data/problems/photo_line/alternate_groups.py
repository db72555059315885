def line_up(heights):
    teams = {}
    for person, size in heights.items():
        teams.setdefault(size, []).append(person)
    row = []
    on_right = False
    while teams:
        team = teams.pop(max(teams))
        if on_right:
            row = row + team
        else:
            row = team[::-1] + row
        on_right = not on_right
    return row
