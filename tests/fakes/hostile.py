"""A page that tries every way to another origin, and the other origin: one trap per way, TCP and UDP, that counts."""

import selectors
import socket
import threading
from types import TracebackType

ADDRESS = "127.0.0.66"  # another host than the page, also of loopback
# name -> JavaScript; TO is the trap's address, HOST its host and port. Each is tried for itself, and not waited for.
WAYS = {
    "fetch": "fetch(TO)",
    "fetch_no_cors": "fetch(TO, {mode: 'no-cors'})",
    "fetch_keepalive": "fetch(TO, {mode: 'no-cors', keepalive: true, method: 'POST', body: 'x'})",
    "fetch_redirected": "fetch('/away?' + encodeURIComponent(TO), {mode: 'no-cors'})",
    "xhr": "x = new XMLHttpRequest(); x.open('GET', TO); x.send()",
    "xhr_synchronous": "x = new XMLHttpRequest(); x.open('GET', TO, false); x.send()",
    "beacon": "navigator.sendBeacon(TO, 'x')",
    "event_source": "new EventSource(TO)",
    "websocket": "new WebSocket('ws://' + HOST)",
    "web_transport": "new WebTransport('https://' + HOST + '/')",
    "dynamic_import": "import(TO)",
    "script": "put('script', {src: TO})",
    "module_script": "put('script', {src: TO, type: 'module'})",
    "style_sheet": "put('link', {rel: 'stylesheet', href: TO})",
    "css_import": "put('style', {textContent: `@import url(${TO});`})",
    "css_background": "put('p', {textContent: 'x', style: `background: url(${TO})`})",
    "font": "new FontFace('f', `url(${TO})`).load()",
    "image": "put('img', {src: TO})",
    "image_srcset": "put('img', {srcset: `${TO} 1x`})",
    "image_redirected": "put('img', {src: '/away?' + encodeURIComponent(TO)})",
    "svg_image": "document.body.insertAdjacentHTML('beforeend', `<svg><image href='${TO}'/></svg>`)",
    "video": "put('video', {src: TO, preload: 'auto'})",
    "audio": "put('audio', {src: TO, preload: 'auto'})",
    "poster": "put('video', {poster: TO})",
    "icon": "document.head.append(make('link', {rel: 'icon', href: TO}))",
    "manifest": "document.head.append(make('link', {rel: 'manifest', href: TO}))",
    "prefetch": "document.head.append(make('link', {rel: 'prefetch', href: TO}))",
    "preload": "document.head.append(make('link', {rel: 'preload', as: 'image', href: TO}))",
    "module_preload": "document.head.append(make('link', {rel: 'modulepreload', href: TO}))",
    "preconnect": "document.head.append(make('link', {rel: 'preconnect', href: TO}))",
    "dns_prefetch": "document.head.append(make('link', {rel: 'dns-prefetch', href: TO}))",
    "prerender": "document.head.append(make('script', {type: 'speculationrules', textContent:"
    " JSON.stringify({prefetch: [{urls: [TO], eagerness: 'immediate'}], prerender: [{urls: [TO]}]})}))",
    "frame": "put('iframe', {src: TO})",
    "frame_of_srcdoc": "put('iframe', {srcdoc: `<iframe src='${TO}'></iframe>`})",
    "frame_moved": "f = put('iframe', {}); f.contentWindow.location = TO",
    "frame_of_data": "put('iframe', {src: 'data:text/html,' + encodeURIComponent(`<img src='${TO}'>`)})",
    "frame_of_blob": "put('iframe', {src: blob(`<img src='${TO}'>`, 'text/html')})",
    "frame_of_javascript": "put('iframe', {src: `javascript:fetch('${TO}', {mode: 'no-cors'})`})",
    "frame_sandboxed": "put('iframe', {sandbox: 'allow-scripts',"
    " srcdoc: `<script>fetch('${TO}', {mode: 'no-cors'})<\\/script>`})",
    "frame_blank_fetch": "put('iframe', {}).contentWindow.fetch(TO, {mode: 'no-cors'})",
    "object": "put('object', {data: TO})",
    "embed": "put('embed', {src: TO})",
    "worker": "new Worker(TO)",
    "worker_import": "new Worker(blob(`importScripts('${TO}')`))",
    "worker_fetch": "new Worker(blob(`fetch('${TO}', {mode: 'no-cors'})`))",
    "worker_websocket": "new Worker(blob(`new WebSocket('ws://${HOST}')`))",
    "worker_module": "new Worker(blob(`import '${TO}'`), {type: 'module'})",
    "shared_worker": "new SharedWorker(blob(`fetch('${TO}', {mode: 'no-cors'})`))",
    "service_worker": "navigator.serviceWorker.register('/service.js?' + encodeURIComponent(TO))",
    "audio_worklet": "new AudioContext().audioWorklet.addModule(TO)",
    "form_in_frame": "form('GET', make('iframe', {name: 'inner'}))",
    "window_open": "open(TO)",
    "window_open_own": "w = open('about:blank'); w.location = TO",
    "link_blank": "put('a', {href: TO, target: '_blank'}).click()",
    "link_ping": "put('a', {href: '#x', ping: TO}).click()",
    "message_to_frame": "f = put('iframe', {srcdoc: '<script>onmessage = (m) =>"
    " fetch(m.data, {mode: `no-cors`})<\\/script>'}); f.onload = () => f.contentWindow.postMessage(TO, '*')",
    "stun": "ice({urls: 'stun:' + HOST})",
    "turn_tcp": "ice({urls: `turn:${HOST}?transport=tcp`, username: 'a', credential: 'b'})",
    "candidate": "candidate(HOST)",
}
# these would move the page itself away; the last ones, one after the other
MOVES = {
    "link_download": "put('a', {href: TO, download: 'x'}).click()",
    "top_of_frame": "put('iframe', {srcdoc: `<script>top.location = '${TO}'<\\/script>`})",
    "meta_refresh": "document.head.append(make('meta', {httpEquiv: 'refresh', content: `0; url=${TO}`}))",
    "form": "form('POST', null)",
    "link": "put('a', {href: TO}).click()",
    "location": "location.href = TO",
    "location_replaced": "location.replace(TO)",
    "location_redirected": "location.href = '/away?' + encodeURIComponent(TO)",
    "location_javascript": "location.href = `javascript:void(fetch('${TO}', {mode: 'no-cors'}))`",
    "location_data": "location.href = 'data:text/html,' + encodeURIComponent(`<img src='${TO}'>`)",
    "location_blob": "location.href = blob(`<img src='${TO}'>`, 'text/html')",
    "window_named_self": "open(TO, '_self')",
}
# WebRTC's packets to an address (not to a name) ask nobody: a call needs them to hosts that only its server knows
NOT_HELD = frozenset({"stun", "candidate"})
# these ask no interceptor, or connect before they ask: held where no other host is looked up (chromium.py)
BY_HOST = frozenset({"fetch_redirected", "image_redirected", "web_transport", "preconnect", "turn_tcp"})
SERVICE = """self.addEventListener('install', () => self.skipWaiting());
fetch(decodeURIComponent(location.search.slice(1)), {mode: 'no-cors'});"""
PAGE = """<!doctype html><meta charset="utf-8"><body><script>
const make = (tag, given) => { const el = document.createElement(tag);
  for (const [key, value] of Object.entries(given)) {
    if (key in el && key !== "style") el[key] = value; else el.setAttribute(key, value);
  }
  return el; };
const put = (tag, given) => { const el = make(tag, given); document.body.append(el); return el; };
const blob = (text, type = "text/javascript") => URL.createObjectURL(new Blob([text], {type}));
let form, x, f, w;
const ice = (server) => { const pc = new RTCPeerConnection({iceServers: [server]}); pc.addTransceiver("audio");
  pc.createOffer().then((o) => pc.setLocalDescription(o)); };
const candidate = async (host) => { const [ip, port] = host.split(":");
  const a = new RTCPeerConnection(), b = new RTCPeerConnection();
  a.addTransceiver("audio");
  await a.setLocalDescription(await a.createOffer()); await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription(await b.createAnswer()); await a.setRemoteDescription(b.localDescription);
  a.addIceCandidate({candidate: `candidate:1 1 udp 2122260223 ${ip} ${port} typ host`, sdpMid: "0"}); };
const tried = new Set(TRIED);
let attempts = 0;
const attempt = async (name, HOST, work) => {
  const TO = `http://${HOST}/${name}`;
  form = (method, target) => { const el = make("form", {method, action: TO});
    if (target) { document.body.append(target); el.target = target.name; }
    document.body.append(el); el.submit(); };
  if (tried.size && !tried.has(name)) return false;
  attempts += 1;
  try { await work(TO, HOST); } catch (_) { /* refused at once */ }
  return true;
};
(async () => {
  ATTEMPTS
  await new Promise((r) => setTimeout(r, 1500));
  for (const move of [MOVING]) if (await move()) await new Promise((r) => setTimeout(r, 200));
  setTimeout(() => fetch(`/report?attempts=${attempts}&still_here=${location.pathname}`), 1000);
})();
</script></body>"""


class Traps:
    """For each name a port of its own on loopback; what arrives there is kept, nothing is answered."""

    def __init__(self, names: list[str]) -> None:
        self.hits: dict[str, list[bytes]] = {name: [] for name in names}
        self.hosts: dict[str, str] = {}
        self._selector = selectors.DefaultSelector()
        self._sockets: list[socket.socket] = []
        for name in names:
            self._set(name)
        self._ends, self._end = socket.socketpair()
        self._selector.register(self._ends, selectors.EVENT_READ, None)
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _set(self, name: str) -> None:
        while True:
            tcp = socket.create_server((ADDRESS, 0))
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                udp.bind(tcp.getsockname())
                break
            except OSError:  # somebody has this number for UDP
                tcp.close()
                udp.close()
        self.hosts[name] = f"{ADDRESS}:{tcp.getsockname()[1]}"
        for one in (tcp, udp):
            self._sockets.append(one)
            self._selector.register(one, selectors.EVENT_READ, name)

    def _watch(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                one = key.fileobj
                assert isinstance(one, socket.socket)
                if one.type == socket.SOCK_DGRAM:
                    self.hits[key.data].append(b"udp " + one.recv(200))
                else:
                    self._take(one, key.data)

    def _take(self, listening: socket.socket, name: str) -> None:
        caller, _ = listening.accept()
        with caller:
            caller.settimeout(0.2)
            try:
                self.hits[name].append(b"tcp " + caller.recv(200))
            except OSError:
                self.hits[name].append(b"tcp")

    def __enter__(self) -> "Traps":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.send(b"x")
        self._thread.join(5)
        for one in (*self._sockets, self._ends, self._end):
            one.close()
        self._selector.close()


WAITING_S = 2.0  # what comes late


def page(traps: Traps, only: tuple[str, ...] = ()) -> str:
    """The page that tries them all, or `only` some."""

    def attempt(name: str, code: str) -> str:
        return f'attempt("{name}", "{traps.hosts[name]}", async (TO, HOST) => {{ {code}; }})'

    tried = ";\n  ".join(attempt(name, code) for name, code in WAYS.items())
    moving = ", ".join(f"() => {attempt(name, code)}" for name, code in MOVES.items())
    return PAGE.replace("TRIED", str(list(only))).replace("ATTEMPTS", f"{tried};").replace("MOVING", moving)
