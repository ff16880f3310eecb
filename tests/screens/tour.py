"""One walk through the practice room that stops at every page in every state worth looking at."""

from collections.abc import Callable, Iterator

from devices.audio.stand_in import StandInMicrophone
from roomapp.events import Place, RoomView, RowState, SoundView
from roomapp.words import Words
from tests.journeys.driver import Driver
from tests.screens.booking import booking, workdays
from tests.screens.books import books
from tests.screens.chairing import chairing, meeting_of_chair
from tests.screens.roads import joining, meeting, trying
from tests.screens.today import today
from tests.screens.verdicts import verdicts

Stop = tuple[str, Place]
Kinds = Callable[[RoomView, Words], Iterator[tuple[str, RoomView]]]


def tour(driver: Driver) -> Iterator[Stop]:
    """Yields (name of the picture, page in front) while the room stands there."""
    yield from _many_seats(driver)
    yield "hom-nay", Place.HOME
    yield from today(driver)
    yield from booking(driver)
    yield from books(driver)
    driver.touch("door_technician")
    yield "ky-thuat", Place.TECHNICIAN
    yield from _technician(driver)
    driver.touch("to_home")
    driver.touch("door_practice")
    driver.touch("fault_camera_silent")
    yield "luyen-tap", Place.PRACTICE
    driver.touch("to_home")
    yield from _checks(driver)
    yield from _meeting(driver)
    yield from _lost(driver)
    yield from _end(driver)


def _many_seats(driver: Driver) -> Iterator[Stop]:
    """Forty seats; then the plan is again as it was."""
    house, worker = driver.kiosk.house, driver.kiosk.worker
    assert house is not None
    before = {seat.id for seat in house.room.framing.plan.seats}

    async def fill() -> None:
        for number in range(40 - len(before) + 1):
            await house.room.add_seat((number % 8 + 0.5) / 8, (number // 8 + 0.5) / 8)
        await house.room.aim_at_seat("ghe-3")

    async def empty() -> None:
        for seat in house.room.framing.plan.seats:
            if seat.id not in before:
                await house.room.remove_seat(seat.id)
        house.room.framing.begin()

    driver.panel.go(Place.FRAMING)
    worker.submit(fill()).result(30)
    driver.until(lambda: driver.view.on_air == "ghe-3" and house.room.newest_picture(), "the picture", 20)
    yield "khung-hinh-40", Place.FRAMING
    worker.submit(empty()).result(30)
    driver.panel.go(Place.HOME)


def _technician(driver: Driver) -> Iterator[Stop]:
    for _ in range(2):  # a new code is typed twice
        for digit in "135791":
            driver.touch(f"pin_{digit}")
        driver.touch("pin_done")
    driver.until(lambda: driver.find("open_seating"), "the open door", 20)
    driver.touch("recheck")
    driver.until(lambda: driver.view.devices[0].state is RowState.PASSED, "the camera's answer", 20)
    yield "ky-thuat-mo", Place.TECHNICIAN
    driver.touch("open_seating")
    yield "so-do-cho-ngoi", Place.TECHNICIAN
    driver.touch("seating_done")
    yield from workdays(driver)


def _checks(driver: Driver) -> Iterator[Stop]:
    driver.touch("power_on")
    driver.until(lambda: driver.find("recheck"), "the fault of the silent camera", 30)
    yield "bat-he-thong-loi", Place.POWER_ON
    house = driver.kiosk.house
    assert house is not None
    assert house.practice is not None
    house.practice.camera.silent = False
    driver.touch("recheck")
    driver.touch("answer_surroundings_no", 20)
    yield "bat-he-thong-hoi", Place.POWER_ON
    driver.touch("answer_conditions_yes")
    driver.until(lambda: driver.view.checklist and driver.view.checklist.page is Place.SOUND, "the sound step", 30)
    driver.touch("next_step")
    driver.until(lambda: driver.view.sound.stage == "speech", "the speech step", 20)
    driver.run(1.5)
    yield "am-thanh-dang-do", Place.SOUND
    driver.until(lambda: driver.view.sound.stage == "done", "the verdict", 30)
    yield "am-thanh", Place.SOUND
    yield from _sound_verdicts(driver)
    driver.touch("next_step")
    seats = [seat for seat in driver.view.seats if not seat.overview]
    for seat in seats:
        driver.touch(f"seat_{seat.id}")
        driver.until(lambda id=seat.id: driver.view.on_air == id, "the camera", 20)
    driver.touch(f"seat_{seats[2].id}")
    driver.until(lambda: driver.view.on_air == seats[2].id, "the camera", 20)
    driver.run(1.0)
    yield "khung-hinh", Place.FRAMING
    driver.touch("next_step")
    driver.until(lambda: driver.view.checklist and driver.view.checklist.finished, "the end of the list", 20)
    yield "san-sang", Place.POWER_ON


def _sound_verdicts(driver: Driver) -> Iterator[Stop]:
    """Every other way in which the check can end; then as it really ended."""
    house = driver.kiosk.house
    assert house is not None
    check = house.room.sounding
    measured = check.view
    room = house.room

    def shows(said: SoundView) -> bool:
        """Said again until it stands: the check's own last word may come after ours."""
        check.view = said
        room.publish()
        return driver.view.sound == said

    for name, said in verdicts(driver.words):
        driver.until(lambda said=said: shows(said), name)
        yield name, Place.SOUND
    driver.until(lambda: shows(measured), "the measured verdict")


def _otherwise(
    driver: Driver, kinds: Callable[[RoomView, Words], Iterator[tuple[str, RoomView]]], place: Place
) -> Iterator[Stop]:
    """The same page as other roads and other troubles would make it; then as it really is."""
    is_so = driver.view
    for name, said in kinds(is_so, driver.words):
        driver.panel.show_room(said)
        yield name, place
    driver.panel.show_room(is_so)


def _trial(driver: Driver) -> Iterator[Stop]:
    driver.touch("start_trial")
    driver.until(lambda: driver.view.trial and driver.view.trial.enough, "the trial's evidence", 45)
    yield "ket-noi-thu", Place.MEETING
    driver.touch("leave")
    driver.touch("trial_both_ways_yes")
    yield "ket-noi-thu-ket-qua", Place.MEETING
    yield from _otherwise(driver, trying, Place.MEETING)
    driver.touch("end_trial")
    driver.until(lambda: driver.find("refused_sentence"), "what became of the trial", 20)
    yield "ket-noi-thu-da-ghi", Place.HOME
    driver.touch("sheet_back")
    driver.touch("join")


def _meeting(driver: Driver) -> Iterator[Stop]:
    driver.touch("join")
    yield from _trial(driver)
    driver.touch("secret_no")
    yield "vao-hop", Place.JOIN
    yield from _otherwise(driver, joining, Place.JOIN)
    driver.touch("join_now")
    driver.until(lambda: driver.view.call.in_meeting, "the meeting", 45)
    driver.run(2.0)
    yield "trong-cuoc-hop", Place.MEETING
    yield from _otherwise(driver, meeting, Place.MEETING)
    yield from _otherwise(driver, meeting_of_chair, Place.MEETING)
    yield from _otherwise(driver, chairing, Place.CHAIR)
    driver.touch("ask_speak")
    yield "da-xin-phat-bieu", Place.MEETING
    driver.touch("invited")
    yield "duoc-moi", Place.MEETING
    driver.touch("mic_on")
    driver.run(1.5)
    yield "micro-dang-bat", Place.MEETING
    house = driver.kiosk.house
    assert house is not None
    (microphone,) = house.audio.microphones.values()
    assert isinstance(microphone, StandInMicrophone)
    house.room.speaking._opened_at -= 30  # half a minute at once
    microphone._speaking, microphone._spoken_at = False, microphone._spoken_at - 30
    driver.until(lambda: driver.view.mic.alert == "speechless", "the alert")
    yield "micro-khong-co-tieng", Place.MEETING
    microphone._speaking = microphone.howls = True
    driver.until(lambda: driver.view.mic.alert == "closed_howl", "the closing")
    yield "micro-tu-tat", Place.MEETING
    microphone.howls = False


def _lost(driver: Driver) -> Iterator[Stop]:
    house = driver.kiosk.house
    assert house is not None
    assert house.practice is not None
    house.practice.break_link()
    driver.until(lambda: driver.place() is Place.LOST, "the page of the lost link", 25)
    yield "mat-ket-noi-1", Place.LOST
    driver.touch("called_carrier")
    yield "mat-ket-noi-2", Place.LOST
    driver.touch("told_chair")
    yield "mat-ket-noi-3", Place.LOST
    driver.touch("link_back")
    yield "mat-ket-noi-4", Place.LOST
    driver.touch("leave_by_control_tech:phone")
    yield "mat-ket-noi-5", Place.LOST
    driver.touch("reconnect")
    driver.until(lambda: driver.view.incident and driver.view.incident.step == 6, "the restored call", 45)
    yield "mat-ket-noi-6", Place.LOST
    driver.touch("confirm_both")
    driver.until(lambda: driver.place() is Place.MEETING, "the meeting again")


def _end(driver: Driver) -> Iterator[Stop]:
    driver.touch("leave")
    driver.touch("leave_chair")
    driver.touch("leave_act")
    driver.until(lambda: driver.find("answer_amplifier_yes"), "the question about the amplifier", 30)
    yield "tat-he-thong", Place.SHUTDOWN
    driver.touch("answer_amplifier_yes")
    driver.until(lambda: driver.view.checklist and driver.view.checklist.finished, "the end of the list", 40)
    yield "duoc-phep-ngat-dien", Place.SHUTDOWN
    driver.touch("sign_off")
    driver.until(lambda: driver.place() is Place.HOME, "the home page")
