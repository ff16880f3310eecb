"""Telephone numbers of Viet Nam: kept in one form, shown as people write them."""

REGION = "VN"
SHORT_MOST = 6  # digits of a service as 113 or 19001


class PhoneError(ValueError):
    """Not a number that can be called."""


def kept_phone(text: str) -> str:
    """E.164 as "+84912345678", a short service number as its digits; PhoneError. Empty stays empty."""
    import phonenumbers  # late: 40 ms that only a register needs

    said = "".join(sign for sign in text if sign.isascii() and (sign.isdigit() or sign == "+"))
    if not text.strip():
        return ""
    if said.isdigit() and 3 <= len(said) <= SHORT_MOST:
        return said
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException as error:
        raise PhoneError(text) from error
    if not phonenumbers.is_valid_number(number):
        raise PhoneError(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown_phone(kept: str) -> str:
    """As "0912 345 678"; what is no number of ours is shown as it stands."""
    import phonenumbers

    if not kept.startswith("+"):
        return kept
    try:
        number = phonenumbers.parse(kept, REGION)
    except phonenumbers.NumberParseException:
        return kept
    own = number.country_code == phonenumbers.country_code_for_region(REGION)
    form = phonenumbers.PhoneNumberFormat.NATIONAL if own else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)
