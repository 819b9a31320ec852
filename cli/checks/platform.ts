import { type Finding, failed, fine } from "./finding.ts";

export interface Platform {
  readonly platform: string;
  readonly arch: string;
  readonly node: string;
}

export function checkPlatform({ platform, arch, node }: Platform): Finding {
  const name = "Platform";
  if (platform !== "linux" || (arch !== "x64" && arch !== "arm64")) {
    return failed(
      name,
      `Pilothouse runs on Linux on x64 or arm64, and this is ${platform} on ${arch}: use such a machine.`,
    );
  }
  if (!node.startsWith("v24.")) {
    return failed(
      name,
      `This is Node ${node}; start it through npm (\`npm run up\`), which uses its own Node 24.`,
    );
  }
  return fine(name, `Linux on ${arch}, Node ${node}.`);
}
