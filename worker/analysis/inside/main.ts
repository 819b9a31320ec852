// Runs inside the sandbox: a patch's files in on standard input, what was seen in them out as one line of JSON.
import { buffer } from "node:stream/consumers";
import { judgeConfigs } from "./configs/judge-configs.ts";
import { licenceHeaders } from "./licences/headers.ts";
import { judgePackages } from "./packages/judge-packages.ts";
import { readRequest } from "./request.ts";
import { judgeTests } from "./tests/judge-tests.ts";

const files = readRequest(await buffer(process.stdin));
const tests = [...(await judgeTests(files)), ...(await judgeConfigs(files))];
process.stdout.write(
  `${JSON.stringify({ tests, ...judgePackages(files), headers: licenceHeaders(files) })}\n`,
);
