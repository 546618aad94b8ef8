// Backup codes: made in the settings, printed or saved as a file, and typed when nothing else is at hand.
import type { Locator, Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { withAndWithoutScript, onEveryDevice } from '../fixtures/variants';
import { newPassword, newPerson, type Person } from '../fixtures/person';
import type { Shopper } from '../fixtures/shopper';
import { expect, test } from '../fixtures/test';
import { count } from '../fixtures/words';

const SCREEN = '/account/settings/codes';
const wrong = '0000-0000-0000-0000';

/** The codes on the page. */
function codesOn(page: Page): Locator {
  return page.getByRole('main').getByRole('listitem').locator('code');
}

/** From anywhere in the account to new codes. */
async function makeCodes(shopper: Shopper, person: Person): Promise<string[]> {
  const { backup_codes: words, settings } = shopper.words;
  await shopper.follow(shopper.side(settings.title));
  await shopper.follow(words.title);
  await shopper.prove(person.password);
  await shopper.isAt(SCREEN, words.title);
  await shopper.press(words.make);
  await shopper.isAt(SCREEN, words.fresh_title);
  await expect(codesOn(shopper.page)).toHaveCount(10);
  return codesOn(shopper.page).allTextContents();
}

/** From the choice of a method to the next page. */
async function use(shopper: Shopper, code: string): Promise<void> {
  const { recovery, backup_codes: words } = shopper.words;
  await shopper.field(words.field).fill(code);
  await shopper.press(recovery.go_on);
}

onEveryDevice(() => {
  test('make codes, lose password and mailbox, get back in with one', async ({ page, shopper, smtp }) => {
    const { code, errors, events, recovery, backup_codes: words, settings } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    const codes = await makeCodes(shopper, person);
    for (const one of codes) expect(one).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
    expect(new Set(codes).size).toBe(10);
    expect((await smtp.emailTo(person.email, 'saved-codes-made')).account).toBe(person.login);

    // They are shown only now.
    await shopper.follow(words.kept);
    await shopper.isAt('/account/settings', settings.title);
    await expect(page.getByRole('main')).toContainText(count(shopper.language, words.left, 10));
    await page.goto(SCREEN);
    await shopper.isAt(SCREEN, words.title);
    await expect(page.getByText(count(shopper.language, words.left, 10))).toBeVisible();
    await expect(shopper.button(words.replace)).toBeVisible();
    await expect(codesOn(page)).toHaveCount(0);
    await shopper.signOut();

    // A method other than the mailbox.
    await shopper.askForRecovery(person.login);
    await shopper.follow(words.use_one);
    await shopper.isAt('/recover/saved-code', words.use_title);
    await use(shopper, 'nonsense');
    await expect(shopper.alert).toContainText(errors.saved_code_malformed);
    await expect(shopper.field(words.field)).toHaveAccessibleDescription(new RegExp(errors.saved_code_malformed));
    await use(shopper, wrong);
    await expect(shopper.alert).toContainText(count(shopper.language, errors.saved_code_wrong, 4));
    await expect(shopper.field(words.field)).toHaveAttribute('aria-invalid', 'true');
    await expect(shopper.field(words.field)).toHaveValue('');
    // The others are one step away.
    await shopper.follow(code.other_ways);
    await shopper.isAt('/recover/method', recovery.method_title);
    await shopper.follow(words.use_one);
    await use(shopper, ` ${codes[2]!.toLowerCase().replaceAll('-', ' ')} `);
    await shopper.isAt('/recover/password', recovery.password_title);
    const message = await smtp.emailTo(person.email, 'saved-code-used');
    expect(message.account).toBe(person.login);
    expect(message.text).toContain(count(shopper.language, shopper.words.emails.saved_code_used.left, 9));
    for (const one of codes) expect(message.text + message.html).not.toContain(one);
    const password = newPassword();
    await shopper.chooseNewPassword(password);

    // Signed in again; the remaining codes are void, and the page reports it, with a link to new ones.
    await shopper.isAt('/recover/done');
    await expect(shopper.link(recovery.new_codes)).toHaveAttribute('href', SCREEN);
    await shopper.signIn(person, password);
    await shopper.isAt('/account');
    await page.goto('/account/activity');
    await expect(page.getByRole('main')).toContainText(events.saved_code_used);
    await page.goto('/account/settings');
    await expect(page.getByRole('main')).toContainText(words.settings_about);
    await shopper.signOut();

    // Neither the used code nor the remaining ones work again.
    await shopper.askForRecovery(person.login);
    await shopper.follow(words.use_one);
    await use(shopper, codes[2]!);
    await expect(shopper.alert).toContainText(count(shopper.language, errors.saved_code_wrong, 4));
    await use(shopper, codes[3]!);
    await expect(shopper.alert).toContainText(count(shopper.language, errors.saved_code_wrong, 3));
  });
});

withAndWithoutScript(() => {
  test('on paper are the codes and whose they are, and nothing to press', async ({ page, shopper }) => {
    const { backup_codes: words, settings } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    await makeCodes(shopper, person);
    // Another language would show another page, without the codes.
    await expect(page.getByRole('navigation', { name: shopper.words.ui.language })).toHaveCount(0);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ media: 'print', colorScheme });
      for (const code of await codesOn(page).all()) {
        await expect(code).toBeVisible();
        await expect(code).toHaveCSS('color', 'rgb(0, 0, 0)');
      }
      // A finder of the paper does not learn the login from it.
      await expect(page.getByText(`${person.login[0]}•••`)).toBeVisible();
      await expect(page.getByText(person.login)).toBeHidden();
      await expect(page.getByText(words.keep_safe)).toBeHidden();
      for (const target of [shopper.side(settings.title), shopper.link(words.kept), shopper.button(shopper.words.export.download)]) {
        await expect(target).toBeHidden();
      }
      await expect(page.getByText(words.once)).toBeHidden();
    }
  });

  test('as a file, and into the clipboard', async ({ page, context, shopper }) => {
    const { export: file, backup_codes: words, saved_passwords: guide } = shopper.words;
    if (shopper.script) await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const person = newPerson();
    await shopper.isSignedIn(person);
    const codes = await makeCodes(shopper, person);
    const waiting = page.waitForEvent('download');
    await shopper.press(file.download);
    const download = await waiting;
    expect(download.suggestedFilename()).toBe('saved-codes.txt');
    const text = await readFile(await download.path(), 'utf8');
    for (const part of [person.login, 'The shop', '/recover', words.keep_safe, ...codes]) expect(text).toContain(part);
    // The page stays open.
    await shopper.isAt(SCREEN, words.fresh_title);
    const copy = page.getByRole('button', { name: words.copy_all });
    if (shopper.script) {
      await shopper.waitForHydration();
      await shopper.press(copy);
      await expect(page.getByText(guide.copied, { exact: true })).toBeVisible();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(codes.join('\n'));
    } else {
      await expect(copy).toBeHidden();
    }
  });

  test('new codes void the old ones, and a few are a reason for new ones', async ({ page, shopper, another }) => {
    const { errors, recovery, backup_codes: words } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    const old = await makeCodes(shopper, person);
    await page.goto(SCREEN);
    await shopper.press(words.replace);
    await shopper.isAt(SCREEN, words.fresh_title);
    const codes = await codesOn(page).allTextContents();
    expect(codes.filter((code) => old.includes(code))).toEqual([]);

    for (const code of codes.slice(0, 7)) {
      const elsewhere = await another();
      await elsewhere.askForRecovery(person.login);
      await elsewhere.follow(words.use_one);
      await use(elsewhere, old[0]!);
      await expect(elsewhere.alert).toContainText(count(shopper.language, errors.saved_code_wrong, 4));
      await use(elsewhere, code);
      await elsewhere.isAt('/recover/password', recovery.password_title);
    }
    await page.goto(SCREEN);
    await expect(page.getByText(count(shopper.language, words.left, 3))).toBeVisible();
    await expect(shopper.notice(words.few)).toBeVisible();
  });
});
