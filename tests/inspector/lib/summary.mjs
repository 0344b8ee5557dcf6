// A reporter of node's test runner whose only line is `N passed, N failed`.

export default async function* summary(source) {
  let passed = 0;
  let failed = 0;
  for await (const { type, data } of source) {
    // A suite is reported besides its tests.
    if (data?.details?.type === 'suite') continue;
    if (type === 'test:pass' && data.skip === undefined) passed += 1;
    if (type === 'test:fail') failed += 1;
  }
  yield `${passed} passed, ${failed} failed\n`;
}
