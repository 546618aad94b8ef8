// Registration with checks while typing: errors are shown at the field before anything is sent, found by the same
// server code that checks the form. And a password change, which reports all errors at once.
import type { Page } from '@playwright/test';
import { withAndWithoutScript } from '../fixtures/variants';
import { newPassword, newPerson } from '../fixtures/person';
import { waitForHydration, slide } from '../fixtures/slider';
import { expect, test } from '../fixtures/test';
import { count, say, words } from '../fixtures/words';

const CHECK = '**/api/check_registration_field';

/** Marks the page; the returned function reports whether it was not loaded again since. */
async function mark(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => Object.assign(window, { mark: true }));
  return () => page.evaluate(() => 'mark' in window);
}

for (const [language, locale] of [['en', 'en-GB'], ['ru', 'ru-RU']] as const) {
  test.describe(`while it is typed, ${locale}`, () => {
    test.use({ locale });
    const { errors, fields, register } = words[language];

    test('a login says what is wrong with it, and no more once it is corrected', async ({ page, shopper }) => {
      await page.goto('/register');
      await waitForHydration(page);
      const [login, email] = [shopper.field(fields.login), shopper.field(fields.email)];
      // No further letter can correct this: it is reported while typing.
      await login.pressSequentially('anna petrova');
      await expect(login).toHaveAccessibleDescription(new RegExp(errors.login_characters));
      await expect(login).toHaveAttribute('aria-invalid', 'true');
      await expect(login).toBeFocused();
      // Politely: not as an alert.
      await expect(shopper.alert).toHaveCount(0);
      await expect(shopper.notice(errors.login_characters)).toHaveCount(1);
      await login.press('Backspace');
      await expect(login).not.toHaveAttribute('aria-invalid', 'true');
      await login.fill('support');
      await expect(login).toHaveAccessibleDescription(new RegExp(errors.login_reserved));
      // This one may be unfinished: it is reported when the field is left.
      const judged = page.waitForResponse(CHECK);
      await login.fill('an');
      await judged;
      await expect(login).not.toHaveAttribute('aria-invalid', 'true');
      await login.press('Tab');
      await expect(email).toBeFocused();
      await expect(login).toHaveAccessibleDescription(new RegExp(errors.login_too_short));
      await login.fill('anna');
      await expect(login).not.toHaveAttribute('aria-invalid', 'true');
    });

    test('an address says what is wrong with it when it is left, and an empty one that it is missing', async ({ page, shopper }) => {
      await page.goto('/register');
      await waitForHydration(page);
      const [email, password] = [shopper.field(fields.email), shopper.field(fields.password)];
      await email.pressSequentially('anna@mail');
      await email.press('Tab');
      await expect(email).toHaveAccessibleDescription(new RegExp(errors.email_malformed));
      await expect(password).toBeFocused();
      await email.fill('');
      await email.press('Tab');
      await expect(email).toHaveAccessibleDescription(new RegExp(errors.email_missing));
    });

    test('a mistyped host is asked about, and put right with one press', async ({ page, shopper }) => {
      await page.goto('/register');
      await waitForHydration(page);
      const email = shopper.field(fields.email);
      const offer = say(register.did_you_mean, { address: 'anna@gmail.com' });
      await email.pressSequentially('anna@gmial.com');
      await expect(shopper.button(offer)).toBeVisible();
      await expect(shopper.notice(offer)).toHaveCount(1);
      await expect(email).toBeFocused();
      await expect(email).not.toHaveAttribute('aria-invalid', 'true');
      // The question disappears as soon as the input changes.
      await email.press('Backspace');
      await expect(shopper.button(offer)).toHaveCount(0);
      await email.pressSequentially('m');
      await expect(shopper.button(offer)).toBeVisible();
      await email.press('Tab');
      await expect(shopper.button(offer)).toBeFocused();
      await page.keyboard.press('Enter');
      await expect(email).toHaveValue('anna@gmail.com');
      await expect(email).toBeFocused();
      await expect(shopper.button(offer)).toHaveCount(0);
      // By mouse or tap, too.
      await email.fill('anna@gmial.com');
      await shopper.press(offer);
      await expect(email).toHaveValue('anna@gmail.com');
      await expect(shopper.button(offer)).toHaveCount(0);
    });
  });
}

test('what would be refused is not sent, and nothing that was typed is lost', async ({ page, shopper }) => {
  const { errors, fields, password_help, register } = words.en;
  const person = newPerson();
  await page.goto('/register');
  await waitForHydration(page);
  const stays = await mark(page);
  const [login, email, password] = [fields.login, fields.email, fields.password].map((label) => shopper.field(label));
  await email!.fill(person.email);
  await password!.fill('short');
  await expect(shopper.notice(count('en', password_help.too_short, 10))).toBeVisible();
  await login!.fill('support');
  await expect(login!).toHaveAccessibleDescription(new RegExp(errors.login_reserved));
  await slide(page, 'end key');
  // It looks disabled, but can be pressed: only Playwright would wait.
  await expect(shopper.button(register.submit)).toHaveAttribute('aria-disabled', 'true');
  await shopper.button(register.submit).click({ force: true });
  // All errors at once, with the focus in the first field.
  await expect(shopper.alert).toContainText(errors.check_fields);
  await expect(login!).toBeFocused();
  await expect(password!).toHaveAccessibleDescription(new RegExp(count('en', password_help.too_short, 10)));
  expect(await stays()).toBe(true);
  await password!.fill(person.password);
  await expect(password!).not.toHaveAttribute('aria-invalid', 'true');
  await login!.fill(person.login);
  await expect(shopper.alert).toHaveCount(0);
  await expect(email!).toHaveValue(person.email);
  await expect(password!).toHaveValue(person.password);
  await shopper.press(register.submit);
  await shopper.isAt('/register/code', register.code_title);
});

test('a password is judged anew when the login is what it is made of', async ({ page, shopper }) => {
  const { errors, fields, password_help } = words.en;
  const { login } = newPerson();
  await page.goto('/register');
  await waitForHydration(page);
  await shopper.field(fields.password).fill(`${login}1`);
  await expect(page.locator('.strength')).toHaveClass(/score-[1-4]/);
  await expect(shopper.notice(errors.password_personal)).toHaveCount(0);
  await shopper.field(fields.login).fill(login);
  await expect(shopper.notice(errors.password_personal)).toBeVisible();
  await shopper.field(fields.login).fill('berta');
  await expect(shopper.notice(errors.password_personal)).toHaveCount(0);
  await expect(shopper.notice(count('en', password_help.too_short, 10))).toHaveCount(0);
});

test('whether somebody has a login or an address is not told while it is typed', async ({ page, shopper, server }) => {
  const { fields } = words.en;
  const person = newPerson();
  await server.makeAccount(person);
  const asked: { method: string; search: string }[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.pathname.includes('check_registration_field')) asked.push({ method: request.method(), search: url.search });
  });
  await page.goto('/register');
  await waitForHydration(page);
  for (const [field, value] of [[fields.login, person.login], [fields.email, person.email]] as const) {
    const judged = page.waitForResponse(CHECK);
    await shopper.field(field).fill(value);
    expect(await (await judged).json()).toEqual({ reason: null, is_unfinished: false, meant: null });
    await expect(shopper.field(field)).not.toHaveAttribute('aria-invalid', 'true');
  }
  // No typed value appears in a URL.
  for (const one of asked) expect(one).toEqual({ method: 'POST', search: '' });
});

test.describe('when the judge cannot be reached', () => {
  test.use({ complaints: [/net::ERR_FAILED|Failed to fetch|Failed to load resource/] });

  test('nothing is said while one types, and registering goes on', async ({ page, shopper }) => {
    const { register } = words.en;
    await page.route(CHECK, (route) => route.abort());
    await shopper.startRegistration(newPerson());
    await shopper.isAt('/register/code', register.code_title);
  });
});

withAndWithoutScript(() => {
  test('the code screen asks about a mistyped host, too, and leads back to it', async ({ page, shopper }) => {
    const { code, fields, register } = shopper.words;
    const person = newPerson();
    const user = person.login;
    const question = say(register.did_you_mean, { address: `${user}@gmail.com` });
    await page.goto('/register');
    await shopper.waitForHydration();
    await shopper.field(fields.login).fill(user);
    await shopper.field(fields.email).fill(`${user}@gmial.com`);
    await shopper.field(fields.password).fill(person.password);
    // A question, not a refusal: such a host may exist.
    if (shopper.script) await expect(shopper.button(question)).toBeVisible();
    await shopper.slide();
    await shopper.press(register.submit);
    await shopper.isAt('/register/code', register.code_title);
    await expect(page.getByText(question)).toBeVisible();
    await shopper.follow(code.change);
    await shopper.isAt('/register', register.title);
    await expect(shopper.field(fields.email)).toHaveValue(`${user}@gmial.com`);
  });

  test('of a change of the password all that is wrong is said at once', async ({ page, shopper }) => {
    const { errors, fields, password, password_help } = shopper.words;
    const person = newPerson();
    const next = newPassword();
    await shopper.isSignedIn(person);
    await page.goto('/account/profile/password');
    await shopper.waitForHydration();
    const [old, first, second] = [fields.old_password, fields.new_password, fields.new_password_again].map((label) => shopper.field(label));
    await old!.fill('not the old one');
    await first!.fill('short');
    await second!.fill('shore');
    const too_short = shopper.script ? count(shopper.language, password_help.too_short, 10) : errors.password_too_short;
    if (shopper.script) await expect(shopper.notice(too_short)).toBeVisible();
    await shopper.press(password.save);
    await expect(shopper.alert).toContainText(errors.check_fields);
    await expect(first!).toHaveAccessibleDescription(new RegExp(too_short));
    await expect(second!).toHaveAccessibleDescription(new RegExp(errors.passwords_differ));
    if (shopper.script) {
      // Stopped in the browser: what was typed is kept.
      await expect(old!).toHaveValue('not the old one');
      await expect(first!).toHaveValue('short');
    } else {
      await expect(old!).toHaveAccessibleDescription(new RegExp(errors.old_password_wrong));
      await expect(old!).toHaveValue('');
    }
    await old!.fill(person.password);
    await first!.fill(next);
    await second!.fill(next);
    await shopper.press(password.save);
    await expect(page.getByText(password.changed)).toBeVisible();
  });
});
