// While an input method composes a word (Japanese, Chinese, Korean), it owns the keys: Enter chooses, and does not
// send.
import type { Page } from '@playwright/test';
import { newPerson } from '../fixtures/person';
import { waitForHydration } from '../fixtures/slider';
import { expect, test } from '../fixtures/test';
import { words } from '../fixtures/words';

const { operator: t, support } = words.en;

test.use({ settings: {} });

/** How browsers mark such a key. */
const marks = {
  // During the composition.
  composing: { isComposing: true, keyCode: 229 },
  // Safari, where the composition ends just before its Enter.
  'over already': { isComposing: false, keyCode: 229 },
};

/** Presses a key of an input method at the focus; returns whether the page handled it. */
async function press(page: Page, key: string, mark: { isComposing: boolean; keyCode: number }): Promise<boolean> {
  return page.evaluate(
    ([name, how]) => {
      const event = new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...how });
      return !document.activeElement!.dispatchEvent(event);
    },
    [key, mark] as const,
  );
}

test('Enter that chooses a word sends no half a message, in the chat and in the console', async ({ page, shopper, server, another }) => {
  await server.makeAccount(newPerson(), 'operator');
  await page.goto('/support');
  await waitForHydration(page);
  await shopper.field(support.message).fill('はじめまして');
  await shopper.press(support.send);
  await expect(page.getByRole('log')).toContainText('はじめまして');
  await waitForHydration(page);

  const operator = await another();
  await operator.isStaff(newPerson(), 'operator');
  await operator.page.goto('/operator');
  await operator.page.locator('#queue .waiting a').first().click();
  await expect(operator.page.locator('.pane')).toHaveCount(1);
  await operator.waitForHydration();
  for (const [side, box] of [
    [page, shopper.field(support.message)],
    [operator.page, operator.field(t.your_answer)],
  ] as const) {
    await box.fill('にほ');
    await box.focus();
    for (const mark of Object.values(marks)) expect(await press(side, 'Enter', mark)).toBe(false);
    await expect(box).toHaveValue('にほ');
    // The word is chosen, the message finished: this Enter sends it.
    await box.fill('にほんごで話せますか');
    await box.press('Enter');
    await expect(side.getByRole('log')).toContainText('にほんごで話せますか');
    await expect(side.getByRole('log').getByText('にほ', { exact: true })).toHaveCount(0);
  }
});

test('a word that is composed in the browser itself is not sent half', async ({ page, shopper, server }) => {
  await server.makeAccount(newPerson(), 'operator');
  await page.goto('/support');
  await waitForHydration(page);
  await shopper.field(support.message).fill('Hello');
  await shopper.press(support.send);
  await expect(page.getByRole('log')).toContainText('Hello');
  await waitForHydration(page);
  const box = shopper.field(support.message);
  await box.focus();
  const browser = await page.context().newCDPSession(page);
  const composed = 'にほん';
  await browser.send('Input.imeSetComposition', { text: composed, selectionStart: composed.length, selectionEnd: composed.length });
  await expect(box).toHaveValue(composed);
  await browser.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 });
  await browser.send('Input.insertText', { text: '日本' });
  await expect(box).toHaveValue('日本');
  await expect(page.getByRole('log').locator('.own')).toHaveCount(1);
});

test('no shortcut of the console fires while a word is composed', async ({ page, shopper }) => {
  await shopper.isStaff(newPerson(), 'operator');
  await page.goto('/operator');
  await waitForHydration(page);
  for (const mark of Object.values(marks)) expect(await press(page, '?', mark)).toBe(false);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: t.keys, exact: true })).toBeVisible();
});
