"""What a fake ONVIF camera says, as text of its own, apart from the library under test."""

from collections.abc import Iterable
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from tests.fakes.onvif.http import Answer

SPACES = (
    'xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:ter="http://www.onvif.org/ver10/error" '
    'xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl" '
    'xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema"'
)
DEVICE, MEDIA, PTZ = (
    "http://www.onvif.org/ver10/device/wsdl",
    "http://www.onvif.org/ver10/media/wsdl",
    "http://www.onvif.org/ver20/ptz/wsdl",
)
MOVES = "http://www.onvif.org/ver10/tptz"
PROFILES = (  # token, encoding, width, height, whether it has the PTZ configuration
    ("main", "H264", 1920, 1080, True),
    ("small-jpeg", "JPEG", 640, 360, False),
    ("sub", "H264", 1280, 720, False),
    ("tiny", "H264", 640, 360, False),
)


def envelope(body: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope {SPACES}><s:Body>{body}</s:Body></s:Envelope>'


def fault(subcode: str, status: str = "500 Internal Server Error") -> Answer:
    code = f"<s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code>"
    reason = '<s:Reason><s:Text xml:lang="en">The camera refuses</s:Text></s:Reason>'
    return Answer(envelope(f"<s:Fault>{code}{reason}</s:Fault>").encode(), status)


def empty(operation: str) -> str:
    return f"<tptz:{operation}Response/>"


def date_and_time(now: datetime) -> str:
    clock = f"<tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute><tt:Second>{now.second}</tt:Second>"
    day = f"<tt:Year>{now.year}</tt:Year><tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day>"
    utc = f"<tt:UTCDateTime><tt:Time>{clock}</tt:Time><tt:Date>{day}</tt:Date></tt:UTCDateTime>"
    kind = "<tt:DateTimeType>Manual</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings>"
    told = f"<tds:SystemDateAndTime>{kind}{utc}</tds:SystemDateAndTime>"
    return f"<tds:GetSystemDateAndTimeResponse>{told}</tds:GetSystemDateAndTimeResponse>"


def services(place: str, ptz: bool) -> str:
    known = [(DEVICE, "device_service"), (MEDIA, "Media"), *([(PTZ, "PTZ")] if ptz else [])]
    listed = "".join(
        f"<tds:Service><tds:Namespace>{namespace}</tds:Namespace><tds:XAddr>http://{place}/onvif/{path}</tds:XAddr>"
        "<tds:Version><tt:Major>2</tt:Major><tt:Minor>0</tt:Minor></tds:Version></tds:Service>"
        for namespace, path in known
    )
    return f"<tds:GetServicesResponse>{listed}</tds:GetServicesResponse>"


def capabilities(place: str, ptz: bool) -> str:
    media = (
        f"<tt:Media><tt:XAddr>http://{place}/onvif/Media</tt:XAddr><tt:StreamingCapabilities>"
        "<tt:RTPMulticast>false</tt:RTPMulticast></tt:StreamingCapabilities></tt:Media>"
    )
    moves = f"<tt:PTZ><tt:XAddr>http://{place}/onvif/PTZ</tt:XAddr></tt:PTZ>" if ptz else ""
    inside = f"<tds:Capabilities>{media}{moves}</tds:Capabilities>"
    return f"<tds:GetCapabilitiesResponse>{inside}</tds:GetCapabilitiesResponse>"


def profiles(ptz_configuration: bool) -> str:
    listed = "".join(_profile(*profile[:4], ptz_configuration and profile[4]) for profile in PROFILES)
    return f"<trt:GetProfilesResponse>{listed}</trt:GetProfilesResponse>"


def _profile(token: str, encoding: str, width: int, height: int, ptz: bool) -> str:
    size = f"<tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height></tt:Resolution>"
    named = f"<tt:Name>{token}</tt:Name><tt:UseCount>1</tt:UseCount>"
    encoder = (
        f'<tt:VideoEncoderConfiguration token="v-{token}">{named}<tt:Encoding>{encoding}</tt:Encoding>{size}'
        "<tt:Quality>4</tt:Quality></tt:VideoEncoderConfiguration>"
    )
    moves = (
        f'<tt:PTZConfiguration token="p1">{named}<tt:NodeToken>n1</tt:NodeToken></tt:PTZConfiguration>' if ptz else ""
    )
    return f'<trt:Profiles token="{token}" fixed="true"><tt:Name>{token}</tt:Name>{encoder}{moves}</trt:Profiles>'


def stream_uri(uri: str) -> str:
    rest = (
        "<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot>"
        "<tt:Timeout>PT60S</tt:Timeout>"
    )
    told = f"<trt:MediaUri><tt:Uri>{escape(uri)}</tt:Uri>{rest}</trt:MediaUri>"
    return f"<trt:GetStreamUriResponse>{told}</trt:GetStreamUriResponse>"


def nodes(absolute: bool) -> str:
    def space(name: str, path: str, axes: str) -> str:
        ranges = "".join(f"<tt:{a}Range><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:{a}Range>" for a in axes)
        return f"<tt:{name}><tt:URI>{MOVES}/{path}</tt:URI>{ranges}</tt:{name}>"

    places = [
        space("AbsolutePanTiltPositionSpace", "PanTiltSpaces/PositionGenericSpace", "XY"),
        space("AbsoluteZoomPositionSpace", "ZoomSpaces/PositionGenericSpace", "X"),
    ]
    speeds = [
        space("ContinuousPanTiltVelocitySpace", "PanTiltSpaces/VelocityGenericSpace", "XY"),
        space("ContinuousZoomVelocitySpace", "ZoomSpaces/VelocityGenericSpace", "X"),
    ]
    spaces = "".join([*(places if absolute else []), *speeds])
    node = (
        f'<tptz:PTZNode token="n1"><tt:Name>n1</tt:Name><tt:SupportedPTZSpaces>{spaces}</tt:SupportedPTZSpaces>'
        "<tt:MaximumNumberOfPresets>128</tt:MaximumNumberOfPresets><tt:HomeSupported>true</tt:HomeSupported>"
        "</tptz:PTZNode>"
    )
    return f"<tptz:GetNodesResponse>{node}</tptz:GetNodesResponse>"


def presets(listed: Iterable[tuple[str, str]]) -> str:
    told = "".join(
        f"<tptz:Preset token={quoteattr(token)}><tt:Name>{escape(name)}</tt:Name></tptz:Preset>"
        for token, name in listed
    )
    return f"<tptz:GetPresetsResponse>{told}</tptz:GetPresetsResponse>"


def status(place: tuple[float, float, float] | None, moving: bool | None) -> str:
    where = ""
    if place is not None:
        pan, tilt, zoom = place
        where = f'<tt:Position><tt:PanTilt x="{pan:.4f}" y="{tilt:.4f}"/><tt:Zoom x="{zoom:.4f}"/></tt:Position>'
    how = ""
    if moving is not None:
        state = "MOVING" if moving else "IDLE"
        how = f"<tt:MoveStatus><tt:PanTilt>{state}</tt:PanTilt><tt:Zoom>{state}</tt:Zoom></tt:MoveStatus>"
    told = f"<tptz:PTZStatus>{where}{how}<tt:UtcTime>2026-01-01T00:00:00Z</tt:UtcTime></tptz:PTZStatus>"
    return f"<tptz:GetStatusResponse>{told}</tptz:GetStatusResponse>"
