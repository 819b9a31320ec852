// Agent programs that can be added: one version each, known by the digest of its package. Another version is another
// protocol; the driver's contract test says what to look at before a pin is moved.

export interface PackagePin {
  readonly name: string;
  readonly version: string;
  /** Digest of the packed package, as npm writes it. */
  readonly integrity: string;
  /** Path of the program inside the package. */
  readonly binary: string;
}

export interface ProgramPin {
  readonly program: string;
  readonly version: string;
  /** SPDX identifier. */
  readonly licence: string;
  readonly home: string;
  /** By processor, as `process.arch` names it. */
  readonly packages: Readonly<Record<string, PackagePin>>;
}

export const CODEX: ProgramPin = {
  program: "codex",
  version: "0.169.0",
  licence: "Apache-2.0",
  home: "https://github.com/openai/codex",
  packages: {
    x64: {
      name: "@openai/codex",
      version: "0.169.0-linux-x64",
      integrity:
        "sha512-o05NyAOCDygSPRo1yinzxvkRSdmsZyBD9E7mbpmjRanSfM8lypqWtQgEo4XfNkwhuCR2aFu8mlGOsQGFXVbVww==",
      binary: "vendor/x86_64-unknown-linux-musl/bin/codex",
    },
    arm64: {
      name: "@openai/codex",
      version: "0.169.0-linux-arm64",
      integrity:
        "sha512-NZ/DaQUpcQmxmqee7Z9uC1rzw3GhSbooawcaTe1LN5Yk+WlinUKGdTXJgClRT/9ogQEEM9TWxYzvxPfj5G/xFg==",
      binary: "vendor/aarch64-unknown-linux-musl/bin/codex",
    },
  },
};

export const PROGRAMS: readonly ProgramPin[] = [CODEX];
