"""The closed lists of a profile, and what of them this version can drive."""

from enum import StrEnum


class SiteKind(StrEnum):
    CENTRAL = "central"
    PROVINCE = "province"
    DEPARTMENT = "department"
    DISTRICT = "district"
    COMMUNE = "commune"
    SCHOOL = "school"
    PARTY = "party"
    OTHER = "other"


class CameraDriver(StrEnum):
    VISCA_UDP = "visca-udp"
    VISCA_UDP_RAW = "visca-udp-raw"
    VISCA_TCP = "visca-tcp"
    VISCA_SERIAL = "visca-serial"
    ONVIF = "onvif"
    FIXED = "fixed"


class DisplayDriver(StrEnum):
    PJLINK = "pjlink"
    SERIAL_TABLE = "serial-table"
    SAMSUNG_MDC = "samsung-mdc"
    CEC = "cec"
    MANUAL = "manual"


class OutletDriver(StrEnum):
    MODBUS_RTU = "modbus-rtu"
    MODBUS_TCP = "modbus-tcp"
    RELAY_CH340 = "relay-ch340"
    SNMP_PDU = "snmp-pdu"
    TASMOTA = "tasmota"
    SHELLY = "shelly"
    MANUAL = "manual"


class UpsDriver(StrEnum):
    NUT = "nut"
    SYSTEM_BATTERY = "system-battery"
    MANUAL = "manual"


class SensorDriver(StrEnum):
    MODBUS_RTU = "modbus-rtu"
    MODBUS_TCP = "modbus-tcp"
    CAMERA_LIGHT = "camera-light"
    MANUAL = "manual"


class Quantity(StrEnum):
    TEMPERATURE = "temperature"
    HUMIDITY = "humidity"
    LIGHT = "light"


class Theme(StrEnum):
    LIGHT = "light"
    DARK = "dark"


class Road(StrEnum):
    WEB = "web"
    JITSI = "jitsi"
    BROWSER = "browser"
    NATIVE = "native"
    SIP = "sip"
    CODEC = "codec"
    PRACTICE = "practice"


class System(StrEnum):
    """Whose conference system it is; OTHER needs a consent paper per meeting (Art. 4.2)."""

    PROVINCE = "province"
    SECTOR = "sector"
    DISTRICT = "district"
    PARTY = "party"
    OTHER = "other"


class Role(StrEnum):
    CONTROL_TECH = "control_tech"
    CARRIER_TECH = "carrier_tech"
    OPERATING_AGENCY = "operating_agency"
    CHAIR_OFFICER = "chair_officer"
    POWER_COMPANY = "power_company"
    DEPARTMENT = "department"
    LEADER = "leader"


CAMERA_PORTS = {
    CameraDriver.VISCA_UDP: 52381,
    CameraDriver.VISCA_UDP_RAW: 1259,
    CameraDriver.VISCA_TCP: 5678,
    CameraDriver.ONVIF: 80,
}


# The keys of devices/camera's tables of models, by driver; a test holds them together. A fixed camera has no model.
VISCA_MODELS = frozenset(
    {
        *("aver", "aver-tr", "avipas", "avonic", "cisco", "generic", "logitech", "lumens", "minrray", "newtek"),
        *("prestel", "ptzoptics", "sony-16", "sony-16-cancel", "sony-16-fixed-port", "sony-16-rm-ip", "sony-64"),
        *("sony-64-fixed-port", "tekvox"),
    }
)
CAMERA_MODELS: dict[str, frozenset[str]] = {
    **dict.fromkeys((CameraDriver.VISCA_UDP, CameraDriver.VISCA_UDP_RAW, CameraDriver.VISCA_TCP), VISCA_MODELS),
    CameraDriver.VISCA_SERIAL: VISCA_MODELS,
    CameraDriver.ONVIF: frozenset({"generic"}),
}


# The codecs of devices/conference/codec, and what of an account each needs; a test holds them together.
CODEC_NEEDS: dict[str, tuple[str, ...]] = {
    "cisco": ("username", "secret"),
    "huawei": ("username", "secret"),
    "poly": (),
    "yealink": (),
}


IN_THIS_VERSION: dict[str, frozenset[str]] = {
    "camera": frozenset({*CAMERA_PORTS, CameraDriver.VISCA_SERIAL, CameraDriver.FIXED}),
    "display": frozenset({DisplayDriver.MANUAL}),
    "outlet": frozenset({OutletDriver.MANUAL}),
    "ups": frozenset({UpsDriver.MANUAL}),
    "sensor": frozenset({SensorDriver.MANUAL}),
    "platform": frozenset(Road),
}
# What the format knows and this version does not drive yet: refused by name, so that nobody waits for a silent device.
LATER: dict[str, frozenset[str]] = {
    "camera": frozenset(CameraDriver) - IN_THIS_VERSION["camera"],
    "display": frozenset(DisplayDriver) - IN_THIS_VERSION["display"],
    "outlet": frozenset(OutletDriver) - IN_THIS_VERSION["outlet"],
    "ups": frozenset(UpsDriver) - IN_THIS_VERSION["ups"],
    "sensor": frozenset(SensorDriver) - IN_THIS_VERSION["sensor"],
    "platform": frozenset(Road) - IN_THIS_VERSION["platform"],
}
