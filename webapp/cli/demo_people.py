"""Plausible names in several scripts for the demo clinic; nobody real."""

from collections.abc import Iterator
from datetime import date

_GIVEN_AND_FAMILY = {
    "latin": (
        "Anna Ben Clara David Elif Femi Grace Hugo Ingrid José Katarzyna Liam Mércia Niamh Oluwaseun Petra Quentin "
        "Rosa Søren Tomás Ursula Viktor Wanjiru Xenia Yannick Zoë",
        "Abbott Björklund Costa Díaz Eze Fournier Grönemeyer Hughes Iversen Jovanović Kowalska Łukasik Murphy "
        "Nguyễn O'Brien Pereira Quispe Rossi Şahin Tóth Umeh Vaughan Weiß Ximenes Yılmaz Žižka",
    ),
    "greek": ("Ελένη Γιώργος Μαρία Νίκος", "Παπαδοπούλου Οικονόμου Δημητρίου"),
    "cyrillic": ("Ольга Иван Дарья Тарас", "Петренко Соколова Ковальчук"),
    "arabic": ("فاطمة أحمد ليلى يوسف", "حداد منصور الخطيب"),
    "hebrew": ("נועה דוד", "כהן לוי"),
    "devanagari": ("आरव प्रिया", "शर्मा पटेल"),
}
_EAST_ASIAN = ["王伟", "李娜", "张敏", "佐藤花子", "鈴木一郎", "高橋美咲", "김민준", "이서연", "박지훈"]

#: Two files of one person each, as they come about on the phone: names and when both were born.
NEAR_DUPLICATES = (
    ("Sigrid Meier", "Sigrid Maier", date(1971, 5, 9)),
    ("Jean-Luc Lefèvre", "Jean Luc Lefevre", date(1958, 11, 23)),
    ("Светлана Волкова", "Светлана Волкова", date(1990, 2, 14)),
)


def names(count: int) -> Iterator[str]:
    """Names in a fixed order, so that every demo looks the same; some come twice, as in life."""
    made = 0
    while made < count:
        for given, family in _pairs():
            yield f"{given} {family}"
            made += 1
            if made % 12 == 0:
                yield _EAST_ASIAN[made // 12 % len(_EAST_ASIAN)]
                made += 1
            if made >= count:
                return


def _pairs() -> Iterator[tuple[str, str]]:
    groups = [(given.split(), family.split()) for given, family in _GIVEN_AND_FAMILY.values()]
    for step in range(26 * 12):
        given, family = groups[0] if step % 4 else groups[1 + step // 4 % (len(groups) - 1)]
        yield given[step % len(given)], family[(step * 7 + step // 26) % len(family)]
