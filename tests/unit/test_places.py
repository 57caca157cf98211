"""Who may take how many of a worker's places, counted."""

from brim.worker.places import Party, Places, Standing


def fill(places: Places, standing: Standing, parties: list[Party]) -> int:
    """Take all the room that parties have, in turn; return how much that was."""
    taken = 0
    for party in parties:
        room = places.room(standing, party)
        places.take(standing, party, room)
        taken += room
    return taken


def alone(count: int) -> list[Party]:
    """Return accounts without a platform."""
    return [Party(f"acct_{number}", f"acct_{number}") for number in range(count)]


def under_one(count: int) -> list[Party]:
    """Return accounts under one platform."""
    return [Party(f"acct_{number}", "acct_p") for number in range(count)]


def test_no_class_takes_the_places_of_another() -> None:
    places = Places(256)
    assert fill(places, Standing.FAILING, alone(1000)) == 64
    assert fill(places, Standing.WELL, alone(1000)) == 128
    assert fill(places, Standing.NEW, alone(1000)) == 64
    assert places.free == 0


def test_failing_endpoints_have_places_beside_all_that_are_well() -> None:
    places = Places(256)
    assert fill(places, Standing.WELL, alone(1000)) == 160
    assert fill(places, Standing.FAILING, alone(1000)) == 32
    assert fill(places, Standing.NEW, alone(1000)) == 64


def test_a_platform_with_all_its_accounts_leaves_places_to_others_in_each_class() -> None:
    for standing, of_platform, of_account in (
        (Standing.WELL, 120, 64),
        (Standing.NEW, 32, 16),
        (Standing.FAILING, 32, 16),
    ):
        places = Places(256)
        assert fill(places, standing, under_one(1)) == of_account
        assert fill(places, standing, under_one(1000)) == of_platform - of_account
        assert places.room(standing, Party("acct_other", "acct_other")) > 0


def test_places_given_back_can_be_taken_again() -> None:
    places = Places(16)
    party = Party("acct_x", "acct_x")
    places.take(Standing.NEW, party, places.room(Standing.NEW, party))
    assert places.room(Standing.NEW, party) == 0
    places.take(Standing.NEW, party, -1)
    assert places.room(Standing.NEW, party) == 1


def test_a_single_place_is_for_any_class() -> None:
    for standing in Standing:
        assert Places(1).room(standing, Party("acct_x", "acct_x")) == 1


def test_what_somebody_waits_for_has_places_where_all_others_are_taken() -> None:
    places = Places(256)
    for standing in (Standing.WELL, Standing.NEW, Standing.FAILING):
        fill(places, standing, alone(1000))
    assert places.free == 0
    assert fill(places, Standing.WANTED_NOW, alone(1)) == 8
    assert fill(places, Standing.WANTED_NOW, under_one(1000)) == 16
    assert fill(places, Standing.WANTED_NOW, alone(1000)[1:]) == 8
    assert places.free == 0  # none of the others'
    assert places.most == 288


def test_a_worker_with_one_place_has_another_one_for_what_somebody_waits_for() -> None:
    places = Places(1)
    assert fill(places, Standing.FAILING, alone(3)) == 1
    assert fill(places, Standing.WANTED_NOW, alone(3)) == 1
