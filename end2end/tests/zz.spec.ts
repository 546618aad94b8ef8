import AxeBuilder from '@axe-core/playwright';
import { somebody } from '../fixtures/person';
import { test } from '../fixtures/test';
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
test('t', async ({ page, shopper }) => {
  await shopper.isSignedIn(somebody());
  for (const path of ['/account', '/account/profile', '/account/settings']) {
    await page.goto(path);
    for (const [name, make] of Object.entries({
      full: () => new AxeBuilder({ page }).withTags(rules),
      legacy: () => new AxeBuilder({ page }).withTags(rules).setLegacyMode(),
      contrast: () => new AxeBuilder({ page }).withRules(['color-contrast']),
      contrastLegacy: () => new AxeBuilder({ page }).withRules(['color-contrast']).setLegacyMode(),
    })) {
      const t = Date.now();
      for (let i = 0; i < 3; i++) await make().analyze();
      console.log(path, name, (Date.now() - t) / 3);
    }
  }
});
