// How much an assertion asks for: 3 one value, 2 a part of it, 1 nearly anything. What is unknown is 2: it neither weakens
// nor strengthens by itself.

const EXACT = [
  ...["toBe", "toEqual", "toStrictEqual", "toMatchSnapshot", "toMatchInlineSnapshot", "toHaveLength"],
  ...["toMatchFileSnapshot", "toThrowErrorMatchingSnapshot", "toThrowErrorMatchingInlineSnapshot"],
  ...["toHaveBeenCalledWith", "toHaveBeenLastCalledWith", "toHaveBeenNthCalledWith", "toHaveBeenCalledTimes"],
  ...["toHaveReturnedWith", "toHaveBeenCalledExactlyOnceWith", "toBeNull", "toBeUndefined", "toBeNaN"],
  ...["toHaveText", "toHaveValue", "toHaveCount", "toHaveURL", "toHaveTitle", "toHaveScreenshot"],
  ...[
    "equal",
    "equals",
    "eq",
    "eql",
    "strictEqual",
    "deepEqual",
    "deepStrictEqual",
    "same",
    "is",
    "snapshot",
  ],
  ...["assertEqual", "assertEquals", "assertListEqual", "assertDictEqual", "assertCountEqual", "assertIs"],
  ...[
    "assertSame",
    "assertArrayEquals",
    "assertIterableEquals",
    "assertNull",
    "assertIsNone",
    "assertAlmostEqual",
  ],
  ...[
    "isEqualTo",
    "isSameAs",
    "isEqualToIgnoringCase",
    "containsExactly",
    "containsExactlyInAnyOrder",
    "hasSize",
  ],
  ...[
    "isNull",
    "Equal",
    "EqualValues",
    "Exactly",
    "Same",
    "Len",
    "Nil",
    "JSONEq",
    "EqualError",
    "ElementsMatch",
  ],
  ...["assert_called_once_with", "assert_called_with", "assert_array_equal", "assert_equal", "==", "==="],
  ...["toBeEmpty", "isEmpty", "Empty", "Zero"],
];

const LOOSE = [
  ...[
    "toBeTruthy",
    "toBeFalsy",
    "toBeDefined",
    "toBeOneOf",
    "anything",
    "ok",
    "notOk",
    "truthy",
    "falsy",
    "assert",
  ],
  ...[
    "notEqual",
    "notStrictEqual",
    "notDeepEqual",
    "notDeepStrictEqual",
    "doesNotThrow",
    "doesNotReject",
    "pass",
  ],
  ...["exist", "exists", "isDefined", "isOk", "isTrue", "isFalse", "isNotNull", "assertTrue", "assertFalse"],
  ...["assertNotEqual", "assertNotEquals", "assertIsNotNone", "assertNotNull", "assertDoesNotThrow", "not"],
  ...["True", "False", "NotNil", "NotEmpty", "NotEqual", "NotPanics", "truth", "!=", "!==", "isNotEmpty"],
  ...["assert_called", "assertIsInstance", "isinstance", "isInstanceOf"],
];

const RANKS = new Map([
  ...EXACT.map((matcher) => [matcher, 3] as const),
  ...LOOSE.map((matcher) => [matcher, 1] as const),
]);

/** `toBeTruthy` of a value is little; a negation excludes one value and allows all others. */
export function strengthOf({
  matcher,
  isNegated,
}: {
  readonly matcher: string;
  readonly isNegated: boolean;
}): number {
  const rank = RANKS.get(matcher) ?? 2;
  return isNegated ? Math.min(rank, 1) : rank;
}

/** What stands for any value of a kind where one was asked for. */
export const WILDCARD =
  /\b(?:expect\.(?:any|anything|objectContaining|arrayContaining|stringContaining|stringMatching|closeTo)|(?:mock\.)?ANY|mock\.Anything|(?:Mockito\.|ArgumentMatchers\.)?any(?:String|Int|Long|Object)?\(|match\.any|sinon\.match)/;

const LITERAL = /^(?:true|false|null|undefined|None|True|False|nil|-?\d[\d_.]*|"[^"]*"|'[^']*'|`[^`$]*`)$/;

/** A subject that is written out looks at nothing of the product. */
export const isLiteral = (text: string): boolean => LITERAL.test(text);
