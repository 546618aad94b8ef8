// Reauthentication: with script in a dialog over the page that requires it, otherwise on a page of its own. Both name
// their purpose, lead back when cancelled, and continue what was begun.
import type { Page } from '@playwright/test';
import { withAndWithoutScript } from '../fixtures/variants';
import { checkIn, targetsAreLarge } from '../fixtures/page-check';
import { newPerson, type Person } from '../fixtures/person';
import type { Shopper } from '../fixtures/shopper';
import { waitForHydration } from '../fixtures/slider';
import { expect, test } from '../fixtures/test';
import { say } from '../fixtures/words';

/** Marks the page; the returned function reports whether it was not loaded again since. */
async function mark(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => Object.assign(window, { mark: true }));
  return () => page.evaluate(() => 'mark' in window);
}

/** Opens the settings, and the dialog by a press on "Change e-mail". */
async function askForEmail(shopper: Shopper): Promise<void> {
  await shopper.page.goto('/account/settings');
  await waitForHydration(shopper.page);
  await shopper.follow(shopper.words.email.title);
  await expect(shopper.reauthenticationDialog).toBeVisible();
}

/** Signs the same person in again in another tab: the new session has not reauthenticated. */
async function loseProof(shopper: Shopper, person: Person): Promise<void> {
  const tab = await shopper.newTab();
  await tab.page.goto('/account');
  await tab.signOut();
  await tab.signIn(person);
  await tab.isAt('/account');
  await tab.page.close();
}

for (const locale of ['en-GB', 'ru-RU']) {
  test.describe(`with script, ${locale}`, () => {
    test.use({ locale });

    test('a click asks in a dialog that says what it is for, by keyboard alone, and leads on', async ({ page, shopper }) => {
      const { code, confirm, email, fields, recovery } = shopper.words;
      const person = newPerson();
      await shopper.isSignedIn(person);
      await page.goto('/account/settings');
      await waitForHydration(page);
      const stays = await mark(page);
      const dialog = shopper.reauthenticationDialog;
      await expect(dialog).toHaveCount(0);
      await shopper.link(email.title).focus();
      await page.keyboard.press('Enter');
      await expect(dialog).toBeVisible();
      await expect(dialog).toHaveAccessibleDescription(`${say(confirm.why, { action: confirm.email })} ${confirm.lasts}`);
      await expect(dialog.getByRole('heading', { name: confirm.title, exact: true })).toBeVisible();
      await expect(shopper.field(fields.password)).toBeFocused();
      expect(await stays()).toBe(true);

      // The focus stays in the dialog: beyond it are only the browser's own controls, nothing of the page.
      const names = new Set<string>();
      for (let press = 0; press < 12; press += 1) {
        await page.keyboard.press('Tab');
        names.add(await page.evaluate(() => {
          const { activeElement } = document;
          if (!activeElement || activeElement === document.body) return '';
          return activeElement.closest('dialog') ? activeElement.textContent || activeElement.id : `outside: ${activeElement.outerHTML}`;
        }));
      }
      expect([...names].filter((name) => name.startsWith('outside'))).toEqual([]);
      for (const name of [code.confirm, confirm.cancel, recovery.email_a_code]) expect(names).toContain(name);

      await shopper.field(fields.password).focus();
      await page.keyboard.press('Enter');
      // Nothing was typed: the field reports it, and nothing is sent.
      await expect(shopper.field(fields.password)).toHaveAttribute('aria-invalid', 'true');
      expect(await stays()).toBe(true);
      await page.keyboard.type(person.password);
      // Password managers detect a page that is loaded.
      const post = page.waitForRequest((request) => request.isNavigationRequest() && request.method() === 'POST');
      await page.keyboard.press('Enter');
      expect(new URL((await post).url()).pathname).toBe('/api/confirm');
      await shopper.isAt('/account/settings/email', email.title);

      // For a while no reauthentication is required.
      await page.goto('/account/settings');
      await waitForHydration(page);
      await shopper.follow(shopper.words.login_name.title);
      await shopper.isAt('/account/settings/login', shopper.words.login_name.title);
    });

    test('Esc and "Cancel" close it, and the focus is back where it was', async ({ page, shopper }) => {
      const { confirm, email, export: download, fields } = shopper.words;
      await shopper.isSignedIn(newPerson());
      await askForEmail(shopper);
      const stays = await mark(page);
      await shopper.field(fields.password).fill('begun');
      await page.keyboard.press('Escape');
      await expect(shopper.reauthenticationDialog).toHaveCount(0);
      await expect(shopper.link(email.title)).toBeFocused();

      await page.keyboard.press('Enter');
      await expect(shopper.reauthenticationDialog).toBeVisible();
      await expect(shopper.field(fields.password)).toHaveValue('');
      await shopper.press(confirm.cancel);
      await expect(shopper.reauthenticationDialog).toHaveCount(0);
      await expect(shopper.link(email.title)).toBeFocused();

      // Another link, another purpose.
      await shopper.follow(download.title);
      await expect(shopper.reauthenticationDialog).toHaveAccessibleDescription(new RegExp(say(confirm.why, { action: confirm.export })));
      await page.keyboard.press('Escape');
      await expect(shopper.link(download.title)).toBeFocused();
      expect(await stays()).toBe(true);
      await expect(page).toHaveURL('/account/settings');
    });

    test('a wrong password is told on the page, which leads on, too, and back', async ({ page, shopper }) => {
      const { confirm, email, errors, fields, settings } = shopper.words;
      const person = newPerson();
      await shopper.isSignedIn(person);
      await askForEmail(shopper);
      await shopper.prove('not the password');
      await expect(page).toHaveURL((url) => url.pathname === '/account/confirm');
      await expect(shopper.alert).toContainText(errors.password_wrong);
      await expect(shopper.field(fields.password)).toHaveValue('');
      await expect(page.getByRole('main')).toContainText(say(confirm.why, { action: confirm.email }));
      await shopper.follow(confirm.cancel);
      await shopper.isAt('/account/settings', settings.title);
      await waitForHydration(page);
      await shopper.follow(email.title);
      await shopper.prove(person.password);
      await shopper.isAt('/account/settings/email', email.title);
    });

    test('an emailed code is the other way', async ({ page, shopper }) => {
      const { code, confirm, email, recovery } = shopper.words;
      const person = newPerson();
      await shopper.isSignedIn(person);
      await askForEmail(shopper);
      await shopper.press(recovery.email_a_code);
      await shopper.isAt('/account/confirm', code.title);
      await expect(page.getByRole('main')).toContainText(say(confirm.why, { action: confirm.email }));
      await expect(shopper.link(confirm.cancel)).toHaveAttribute('href', '/account/settings');
      await shopper.confirm(await shopper.recoveryCode(person));
      await shopper.isAt('/account/settings/email', email.title);
    });

    test('a form that is sent without a proof keeps what was typed, through a wrong password, and is sent then', async ({ page, shopper }) => {
      const { code, confirm, email, errors, recovery } = shopper.words;
      const person = newPerson();
      const now = newPerson().email;
      await shopper.isSignedIn(person);
      await askForEmail(shopper);
      await shopper.prove(person.password);
      await shopper.isAt('/account/settings/email', email.title);
      await waitForHydration(page);
      await loseProof(shopper, person);

      const field = shopper.field(email.new_address);
      await field.fill(now);
      const stays = await mark(page);
      await shopper.press(recovery.go_on);
      await expect(shopper.reauthenticationDialog).toHaveAccessibleDescription(new RegExp(say(confirm.why, { action: confirm.email })));
      await expect(field).toHaveValue(now);
      await page.keyboard.press('Escape');
      await expect(shopper.reauthenticationDialog).toHaveCount(0);
      await expect(shopper.button(recovery.go_on)).toBeFocused();
      await expect(shopper.button(recovery.go_on)).not.toHaveAttribute('aria-busy', 'true');
      await expect(field).toHaveValue(now);
      expect(await stays()).toBe(true);

      await shopper.press(recovery.go_on);
      await shopper.prove('not the password');
      await expect(shopper.alert).toContainText(errors.password_wrong);
      await shopper.prove(person.password);
      await shopper.isAt('/account/settings/email', email.title);
      await expect(field).toHaveValue(now);
      await shopper.press(recovery.go_on);
      await shopper.isAt('/account/settings/email/code', code.title);
    });

    test('the open dialog holds to the rules, at both widths and in forced colours', async ({ page, shopper }) => {
      const { fields } = shopper.words;
      await shopper.isSignedIn(newPerson());
      const look = checkIn(locale === 'en-GB' ? ['light', 'dark'] : ['light'], true);
      await askForEmail(shopper);
      await look(page, 'the dialog of a fresh proof');
      await targetsAreLarge(page, 'the dialog of a fresh proof');
      await shopper.field(fields.password).press('Enter');
      await expect(shopper.field(fields.password)).toHaveAttribute('aria-invalid', 'true');
      await look(page, 'the dialog of a fresh proof, refused');
      await page.emulateMedia({ forcedColors: 'active' });
      await look(page, 'the dialog of a fresh proof in forced colours');
      // At twice the text size it fits on a small phone: the dialog scrolls, and not sideways.
      await page.emulateMedia({ forcedColors: 'none' });
      await page.setViewportSize({ width: 360, height: 640 });
      await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
      const { left, right, bottom, wide } = await shopper.reauthenticationDialog.evaluate((dialog) => {
        const box = dialog.getBoundingClientRect();
        return { left: box.left, right: box.right, bottom: box.bottom, wide: dialog.scrollWidth - dialog.clientWidth };
      });
      expect(left).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(360);
      expect(bottom).toBeLessThanOrEqual(640);
      expect(wide).toBeLessThanOrEqual(0);
    });
  });
}

test('a link that is to be opened elsewhere is opened there', async ({ page, shopper }) => {
  const { confirm, email } = shopper.words;
  await shopper.isSignedIn(newPerson());
  await page.goto('/account/settings');
  await waitForHydration(page);
  const opened = page.context().waitForEvent('page');
  await shopper.link(email.title).click({ modifiers: ['ControlOrMeta'] });
  const other = await opened;
  await expect(other).toHaveURL((url) => url.pathname === '/account/confirm');
  await expect(other.getByRole('heading', { level: 1, name: confirm.title })).toBeVisible();
  await expect(shopper.reauthenticationDialog).toHaveCount(0);
});

test('the staff page asks in place for the role that is given', async ({ page, shopper, server }) => {
  const { confirm, fields, staff } = shopper.words;
  const [admin, person] = [newPerson(), newPerson()];
  await shopper.isStaff(admin, 'admin');
  await server.makeAccount(person);
  await page.goto('/operator/staff');
  await waitForHydration(page);
  const login = page.getByRole('main').getByLabel(fields.login, { exact: true });
  await login.fill(person.login);
  await shopper.press(staff.give);
  await expect(shopper.reauthenticationDialog).toHaveAccessibleDescription(new RegExp(say(confirm.why, { action: confirm.roles })));
  await shopper.press(confirm.cancel);
  await expect(shopper.reauthenticationDialog).toHaveCount(0);
  await expect(login).toHaveValue(person.login);
});

withAndWithoutScript(() => {
  test('the page of its own says what it is for, and "Cancel" leads back to where one comes from', async ({ page, shopper }) => {
    const { code, confirm, errors, settings } = shopper.words;
    const actions = {
      email: confirm.email,
      login: confirm.username,
      codes: confirm.backup_codes,
      export: confirm.export,
      delete: confirm.deletion,
    };
    const person = newPerson();
    await shopper.isSignedIn(person);
    const main = page.getByRole('main');
    for (const [name, action] of Object.entries(actions)) {
      await page.goto(`/account/settings/${name}`);
      await shopper.isAt('/account/confirm', confirm.title);
      await expect(main).toContainText(say(confirm.why, { action }));
      await shopper.follow(confirm.cancel);
      await shopper.isAt('/account/settings', settings.title);
    }
    if (shopper.script) return;
    await page.goto('/account');
    await shopper.follow(code.change);
    await shopper.prove('not the password');
    await expect(shopper.alert).toContainText(errors.password_wrong);
    await expect(main).toContainText(say(confirm.why, { action: confirm.email }));
    await shopper.follow(confirm.cancel);
    await shopper.isAt('/account');
  });
});

test.describe('where the script does not come to life', () => {
  // The browser's errors for blocked files.
  test.use({ complaints: [/net::ERR_FAILED|Failed to fetch|integrity|preload/] });

  for (const [why, turnOff] of Object.entries({
    'without WebAssembly': (page: Page) => page.addInitScript(() => Reflect.deleteProperty(window, 'WebAssembly')),
    'when the WebAssembly does not come': (page: Page) => page.route('**/*.wasm', (route) => route.abort()),
    'while the WebAssembly is held back': (page: Page) => page.route('**/*.wasm', () => undefined),
  })) {
    test(`a click leads to the page ${why}`, async ({ page, shopper }) => {
      const { confirm, email, fields } = shopper.words;
      const person = newPerson();
      await shopper.isSignedIn(person);
      await turnOff(page);
      await page.goto('/account/settings', { waitUntil: 'commit' });
      await shopper.link(email.title).click();
      await expect(page).toHaveURL((url) => url.pathname === '/account/confirm');
      await expect(page.getByRole('main')).toContainText(say(confirm.why, { action: confirm.email }));
      await shopper.field(fields.password).fill(person.password);
      await page.keyboard.press('Enter');
      await shopper.isAt('/account/settings/email', email.title);
    });
  }
});
