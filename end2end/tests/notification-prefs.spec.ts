// Which emails a user gets: with script switches that save at once, without it checkboxes and a button.
import type { Locator, Page } from '@playwright/test';
import { newPerson } from '../fixtures/person';
import type { Shopper } from '../fixtures/shopper';
import { waitForHydration } from '../fixtures/slider';
import { expect, test } from '../fixtures/test';
import { say } from '../fixtures/words';

const LETTERS = '/account/settings/letters';
const SAVE = '**/api/letter_switch';

type Choices = { inUse: Locator; signedIn: Locator };

/** Returns the two choices; by default the first is on and the second off. */
function choices(shopper: Shopper, role: 'switch' | 'checkbox' = 'switch'): Choices {
  const { settings } = shopper.words;
  const named = (name: string) => shopper.page.getByRole(role, { name });
  return { inUse: named(settings.letter_in_use), signedIn: named(settings.letter_signed_in) };
}

/** Signs in, and opens the choices, hydrated. */
async function open(shopper: Shopper): Promise<Choices> {
  await shopper.isSignedIn(newPerson());
  await shopper.page.goto(LETTERS);
  await waitForHydration(shopper.page);
  return choices(shopper);
}

function turned(shopper: Shopper, name: string, isOn: boolean): Locator {
  const { settings } = shopper.words;
  return shopper.notice(say(isOn ? settings.letter_on : settings.letter_off, { name }));
}

async function loadAgain(page: Page): Promise<void> {
  await page.reload();
  await waitForHydration(page);
}

for (const locale of ['en-GB', 'ru-RU']) {
  test.describe(locale, () => {
    test.use({ locale });

    test('a switch saves at once, and can be undone', async ({ page, shopper }) => {
      const { password, settings } = shopper.words;
      const { inUse, signedIn } = await open(shopper);
      await expect(shopper.button(password.save)).toHaveCount(0);
      await expect(page.getByText(settings.letters_at_once)).toBeVisible();
      await signedIn.click();
      await expect(turned(shopper, settings.letter_signed_in, true)).toBeVisible();
      await loadAgain(page);
      await expect(signedIn).toBeChecked();
      await expect(inUse).toBeChecked();
      await inUse.click();
      await expect(turned(shopper, settings.letter_in_use, false)).toBeVisible();
      await shopper.press(settings.undo);
      await expect(turned(shopper, settings.letter_in_use, true)).toBeVisible();
      await expect(inUse).toBeChecked();
      // The pressed button is gone: the focus moves to the switch.
      await expect(shopper.button(settings.undo)).toHaveCount(0);
      await expect(inUse).toBeFocused();
      await loadAgain(page);
      await expect(inUse).toBeChecked();
      await expect(signedIn).toBeChecked();
    });
  });
}

test('all of it is done with the keyboard', async ({ page, shopper }) => {
  const { settings } = shopper.words;
  const { inUse, signedIn } = await open(shopper);
  await inUse.focus();
  // Enter does not send the form.
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(signedIn).toBeFocused();
  await page.keyboard.press('Space');
  await expect(signedIn).toBeChecked();
  await expect(shopper.button(settings.undo)).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(shopper.button(settings.undo)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(signedIn).not.toBeChecked();
  await expect(signedIn).toBeFocused();
  await expect(turned(shopper, settings.letter_signed_in, false)).toBeVisible();
});

test('two that are turned in a row do not overtake each other', async ({ page, shopper }) => {
  const { settings } = shopper.words;
  const { inUse, signedIn } = await open(shopper);
  const asked: string[] = [];
  let come = (): void => undefined;
  const held = new Promise<void>((done) => (come = done));
  await page.route(SAVE, async (route) => {
    asked.push(route.request().postData() ?? '');
    if (asked.length === 1) await held;
    await route.continue();
  });
  await inUse.click();
  await signedIn.click();
  await expect.poll(() => asked.length).toBe(1);
  // Both show the choice at once; the second waits for the first.
  await expect(inUse).not.toBeChecked();
  await expect(signedIn).toBeChecked();
  expect(asked).toHaveLength(1);
  come();
  await expect(turned(shopper, settings.letter_signed_in, true)).toBeVisible();
  expect(asked).toHaveLength(2);
  await expect(shopper.alert).toHaveCount(0);
  await loadAgain(page);
  await expect(inUse).not.toBeChecked();
  await expect(signedIn).toBeChecked();
});

test.describe('when the server cannot be reached', () => {
  test.use({ complaints: [/net::ERR_FAILED/] });

  for (const locale of ['en-GB', 'ru-RU']) {
    test.describe(locale, () => {
      test.use({ locale });

      test('the switch turns back, and it is said why', async ({ page, shopper }) => {
        const { settings, ui } = shopper.words;
        const { inUse } = await open(shopper);
        await page.route(SAVE, (route) => route.abort());
        await inUse.click();
        await expect(shopper.alert).toContainText(ui.offline);
        await expect(inUse).toBeChecked();
        await expect(shopper.button(settings.undo)).toHaveCount(0);
        await page.unroute(SAVE);
        await inUse.click();
        await expect(turned(shopper, settings.letter_in_use, false)).toBeVisible();
        await expect(shopper.alert).toHaveCount(0);
      });
    });
  }
});

test('what another tab saved is told, shown, and not overwritten', async ({ page, shopper }) => {
  const { settings } = shopper.words;
  const { inUse, signedIn } = await open(shopper);
  const second = await shopper.newTab();
  await second.page.goto(LETTERS);
  await waitForHydration(second.page);
  await choices(second).signedIn.click();
  await expect(turned(second, settings.letter_signed_in, true)).toBeVisible();
  // This tab does not know of the change yet.
  await inUse.click();
  await expect(shopper.alert).toContainText(settings.letters_elsewhere);
  await expect(inUse).toBeChecked();
  await expect(signedIn).toBeChecked();
  // Now it does.
  await inUse.click();
  await expect(turned(shopper, settings.letter_in_use, false)).toBeVisible();
  await loadAgain(page);
  await expect(inUse).not.toBeChecked();
  await expect(signedIn).toBeChecked();
});

test('what else of the account was changed elsewhere is no conflict', async ({ shopper }) => {
  const { password, profile, settings } = shopper.words;
  const { inUse } = await open(shopper);
  const second = await shopper.newTab();
  await second.page.goto('/account/profile');
  await waitForHydration(second.page);
  await second.field(profile.display_name).fill('Anna');
  await second.press(password.save);
  await expect(second.notice(profile.saved)).toBeVisible();
  await inUse.click();
  await expect(turned(shopper, settings.letter_in_use, false)).toBeVisible();
  await expect(shopper.alert).toHaveCount(0);
});

test.describe('signed out meanwhile', () => {
  test.use({ complaints: [/401/] });

  test('a switch leads to the sign-in screen', async ({ shopper }) => {
    const { inUse } = await open(shopper);
    const second = await shopper.newTab();
    await second.page.goto('/account');
    await second.signOut();
    await inUse.click();
    await shopper.isAt('/sign-in');
  });
});

test('before they are alive they are boxes with a button; what was ticked early is saved', async ({ page, shopper }) => {
  const { password, settings } = shopper.words;
  await shopper.isSignedIn(newPerson());
  let come = (): void => undefined;
  const held = new Promise<void>((done) => (come = done));
  await page.route('**/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(LETTERS, { waitUntil: 'commit' });
  const boxes = choices(shopper, 'checkbox');
  await expect(boxes.signedIn).not.toBeChecked();
  await expect(shopper.button(password.save)).toBeVisible();
  const always = page.getByRole('heading', { name: settings.letters_always });
  const label = page.getByText(settings.letter_signed_in, { exact: true });
  const before = [await always.boundingBox(), await label.boundingBox()];
  await boxes.signedIn.check();
  come();
  await waitForHydration(page);
  const { signedIn } = choices(shopper);
  await expect(turned(shopper, settings.letter_signed_in, true)).toBeVisible();
  await expect(signedIn).toBeChecked();
  await expect(shopper.button(password.save)).toHaveCount(0);
  expect([await always.boundingBox(), await label.boundingBox()]).toEqual(before);
  await loadAgain(page);
  await expect(signedIn).toBeChecked();
});

test('forced colours show what is chosen', async ({ page, shopper }) => {
  const { inUse, signedIn } = await open(shopper);
  await page.emulateMedia({ forcedColors: 'active' });
  const colour = (choice: Locator) => choice.evaluate((input) => getComputedStyle(input).backgroundColor);
  await expect(inUse).toBeChecked();
  await expect(signedIn).not.toBeChecked();
  await expect.poll(async () => (await colour(inUse)) !== (await colour(signedIn))).toBe(true);
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  for (const locale of ['en-GB', 'ru-RU']) {
    test.describe(locale, () => {
      test.use({ locale });

      test('they are boxes to tick, saved by the button', async ({ page, shopper }) => {
        const { errors, password, profile, settings } = shopper.words;
        await shopper.isSignedIn(newPerson());
        await page.goto(LETTERS);
        const { inUse, signedIn } = choices(shopper, 'checkbox');
        const second = await shopper.newTab();
        await second.page.goto(LETTERS);
        await expect(page.getByRole('switch')).toHaveCount(0);
        await expect(page.getByText(settings.letters_at_once)).toBeHidden();
        await inUse.uncheck();
        await signedIn.check();
        await shopper.press(password.save);
        await expect(shopper.notice(profile.saved)).toBeVisible();
        await expect(inUse).not.toBeChecked();
        await expect(signedIn).toBeChecked();
        await second.press(password.save);
        await expect(second.alert).toContainText(errors.changed_elsewhere);
      });
    });
  }
});
