import { writeFileSync } from 'node:fs';

/**
 * A vitest reporter that prints nothing and writes how many tests passed and failed to the file in MILLRACE_TEST_COUNT. A file that could
 * not be loaded and an error outside any test count as one failure each; skipped tests count as neither.
 */
export default class TestCount {
  onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: unhandledErrors.length };
    for (const module of modules) {
      const before = count.failed;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed' || state === 'failed') count[state]++;
      }
      if (module.state() === 'failed' && count.failed === before) count.failed++;
    }
    writeFileSync(process.env.MILLRACE_TEST_COUNT, JSON.stringify(count));
  }
}
