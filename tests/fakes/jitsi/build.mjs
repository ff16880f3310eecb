// Builds the genuine external_api.js out of SDK (an unpacked @jitsi/react-native-sdk), and our other side of it:
// node build.mjs SDK OUT
import {createRequire} from "node:module";
import path from "node:path";
const [sdk, out] = process.argv.slice(2);
const {build} = createRequire(path.join(process.cwd(), "x.js"))("esbuild");
const stub = {  // picture in picture of the web client: its modules are not in the package for React Native
  name: "stub",
  setup(build) {
    build.onResolve({filter: /DocumentPiPController\.web$|pip\/external-api\.shared$/}, () => ({path: "stub", namespace: "stub"}));
    build.onLoad({filter: /.*/, namespace: "stub"}, () => ({contents: "export default class {}; export const isPiPEnabled = () => false;"}));
  },
};
const common = {bundle: true, nodePaths: [path.join(process.cwd(), "node_modules")], plugins: [stub],
  resolveExtensions: [".web.ts", ".ts", ".tsx", ".js"], logLevel: "error"};
await build({...common, entryPoints: [path.join(sdk, "modules/API/external/index.js")], format: "iife",
  outfile: path.join(out, "external_api.js"), globalName: "JitsiMeetExternalAPI",
  footer: {js: "JitsiMeetExternalAPI = JitsiMeetExternalAPI.default || JitsiMeetExternalAPI;"}});
await build({...common, entryPoints: [new URL("frame.js", import.meta.url).pathname], outfile: path.join(out, "frame.js")});
