// Loaded before anything of the tree: code under test cannot turn node:assert into a yes-man afterwards.
import assert from "node:assert";
import { syncBuiltinESMExports } from "node:module";

syncBuiltinESMExports();
for (const assertions of [assert, assert.strict]) {
  for (const assertion of Object.values(assertions)) {
    if (typeof assertion === "function") Object.freeze(assertion);
  }
  Object.freeze(assertions);
}
