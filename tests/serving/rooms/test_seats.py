"""A phone has one seat, whatever it forgets."""

import pytest

from genai.errors import ConfigError, DataError
from genai.serving.rooms.seats import MAX_ADDRESS_SEATS, Seats

ONE, OTHER = "one-phone", "other-phone"


def test_a_reload_gives_the_same_seat():
    seats = Seats()
    assert [seats.take(name, name).number for name in (ONE, OTHER, ONE)] == [0, 1, 0]
    assert len(seats) == 2


def test_emptied_storage_gives_the_seat_of_the_cookie_and_its_id_back():
    seats = Seats()
    mine = seats.take(ONE, "visitor")
    assert seats.take(OTHER, "visitor") is mine
    assert mine.id == ONE
    assert len(seats) == 1


def test_a_closed_browser_gives_the_seat_of_the_id_and_the_new_cookie_counts():
    seats = Seats()
    mine = seats.take(ONE, "old cookie")
    assert seats.take(ONE, "new cookie") is mine
    assert seats.take(OTHER, "new cookie") is mine
    assert seats.find(OTHER, "old cookie") is None


def test_without_cookies_only_the_id_counts():
    seats = Seats()
    assert seats.take(ONE).number != seats.take(OTHER).number


def test_many_ids_of_one_visitor_are_not_kept():
    seats = Seats(most=1)
    for number in range(1000):
        seats.take(f"forged-{number}", "visitor")
    assert len(seats) == 1
    with pytest.raises(DataError, match="full"):
        seats.take(OTHER, "somebody else")


def test_one_address_cannot_fill_a_room_and_a_class_of_sixty_behind_it_gets_in():
    seats = Seats()
    for number in range(60):
        seats.take(f"phone-{number:02}", f"pupil {number}", "school")
    for number in range(60, MAX_ADDRESS_SEATS):
        seats.take(f"forged-{number}", f"cookie {number}", "school")
    with pytest.raises(DataError, match="from this address"):
        seats.take("one-more-phone", "one more cookie", "school")
    assert seats.take("phone-00", "a new cookie", "school").number == 0, "who is in the room comes back"
    seats.take("elsewhere", "somebody", "home")
    assert len(seats) == MAX_ADDRESS_SEATS + 1


@pytest.mark.parametrize("seat", [None, "", "short", "x" * 65, 3, ["a"]])
def test_what_is_no_id_is_refused(seat):
    with pytest.raises(ConfigError, match="no seat"):
        Seats().take(seat, "visitor")
