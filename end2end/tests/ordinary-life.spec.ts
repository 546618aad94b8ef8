// Everyday mishaps: two tabs, a button pressed twice, a typing error, cookies turned off, signed out meanwhile. Nothing
// typed is lost, nothing is done twice, and every page reports exactly what happened.
import { withoutCookies } from '../fixtures/cookieless';
import { withAndWithoutScript } from '../fixtures/variants';
import { newPassword, newPerson } from '../fixtures/person';
import { Shopper } from '../fixtures/shopper';
import { codeOf } from '../fixtures/smtp';
import { pressTwice } from '../fixtures/double-press';
import { expect, test } from '../fixtures/test';
import { say } from '../fixtures/words';

withAndWithoutScript(() => {
  test('two tabs: a registration that waits for its code and a recovery are both finished', async ({ page, shopper, server, smtp }) => {
    const [old, fresh] = [newPerson(), newPerson()];
    const password = newPassword();
    await server.makeAccount(old);
    await shopper.startRegistration(fresh);
    const code = codeOf(await smtp.emailTo(fresh.email, 'confirm-address'));

    // The email is delayed; in another tab another flow is begun, and finished.
    const other = await shopper.newTab();
    await other.recoverUntilPassword(old);
    await other.waitForHydration();

    await shopper.confirm(code);
    await shopper.isAt('/account');
    await expect(page.getByRole('main')).toContainText(fresh.login);
    await other.chooseNewPassword(password);
    await shopper.startAfresh();
    await shopper.signIn(old, password);
    await shopper.isAt('/account');
    await expect(page.getByRole('main')).toContainText(old.login);
  });

  test('two tabs: a recovery is finished after a registration that began later', async ({ shopper, server, smtp }) => {
    const [old, fresh] = [newPerson(), newPerson()];
    await server.makeAccount(old);
    await shopper.askForRecovery(old.login);
    await shopper.askForCode();
    const other = await shopper.newTab();
    await other.startRegistration(fresh);
    await other.confirm(codeOf(await smtp.emailTo(fresh.email, 'confirm-address')));
    await other.isAt('/account');
    await shopper.confirm(await shopper.recoveryCode(old));
    await shopper.isAt('/recover/password', shopper.words.recovery.password_title);
    await shopper.waitForHydration();
    await shopper.chooseNewPassword(newPassword());
  });

  test('"Change" on a code screen leads back to what was typed', async ({ page, shopper, server, smtp }) => {
    const { code, email, fields, recovery, register } = shopper.words;
    const [person, right, next] = [newPerson(), newPerson(), newPerson()];
    await shopper.startRegistration(person);
    await shopper.follow(code.change);
    await shopper.isAt('/register', register.title);
    await expect(shopper.field(fields.login)).toHaveValue(person.login);
    await expect(shopper.field(fields.email)).toHaveValue(person.email);
    await expect(shopper.field(fields.password)).toHaveValue('');
    await shopper.waitForHydration();
    // Corrected: the email and the account have the newest values.
    await shopper.field(fields.login).fill(right.login);
    await shopper.field(fields.email).fill(right.email);
    await shopper.field(fields.password).fill(right.password);
    await shopper.slide();
    await shopper.press(register.submit);
    await shopper.isAt('/register/code', register.code_title);
    const message = await smtp.emailTo(right.email, 'confirm-address');
    expect(message.text).toContain(right.login);
    expect(message.text).not.toContain(person.login);
    await shopper.confirm(codeOf(message));
    await shopper.isAt('/account');
    await expect(page.getByRole('main')).toContainText(right.login);

    await shopper.askForEmail(right, next.email);
    await shopper.follow(code.change);
    await shopper.isAt('/account/settings/email', email.title);
    await expect(shopper.field(email.new_address)).toHaveValue(next.email);

    await shopper.startAfresh();
    await server.makeAccount(person);
    await shopper.askForRecovery(person.login);
    await shopper.askForCode();
    await shopper.follow(code.change);
    await shopper.isAt('/recover', recovery.title);
    await expect(shopper.field(fields.identifier)).toHaveValue(person.login);
  });

  test('signed out meanwhile, "Save" leads through the sign-in back to what was typed', async ({ page, shopper }) => {
    const { account, fields, password: change, profile, sign_in } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    await page.goto('/account/profile');
    await shopper.waitForHydration();
    await shopper.field(profile.display_name).fill('Anna of the long name');
    const other = await shopper.newTab();
    await other.page.goto('/account');
    await other.press(account.sign_out);
    await other.isAt('/sign-in', sign_in.title);

    await shopper.press(change.save);
    await shopper.isAt('/sign-in', sign_in.title);
    expect(new URL(page.url()).searchParams.get('next')).toBe('/account/profile');
    await expect(shopper.alert).toContainText(shopper.words.errors.signed_out);
    await shopper.field(fields.identifier).fill(person.login);
    await shopper.field(fields.password).fill(person.password);
    await shopper.press(sign_in.title);
    await shopper.isAt('/account/profile', profile.title);
    await expect(shopper.field(profile.display_name)).toHaveValue('Anna of the long name');
    await shopper.press(change.save);
    await expect(shopper.notice(profile.saved)).toBeVisible();
    await page.goto('/account');
    await shopper.isAt('/account', say(account.hello, { name: 'Anna of the long name' }));
  });

  test('signed out meanwhile, whoever else signs in there finds nothing of what was typed', async ({ page, shopper, server }) => {
    const { fields, password: change, profile, sign_in } = shopper.words;
    const [person, stranger] = [newPerson(), newPerson()];
    await server.makeAccount(stranger);
    await shopper.isSignedIn(person);
    await page.goto('/account/profile');
    await shopper.waitForHydration();
    await shopper.field(profile.display_name).fill('For nobody else');
    const other = await shopper.newTab();
    await other.page.goto('/account');
    await other.press(shopper.words.account.sign_out);
    await other.isAt('/sign-in', sign_in.title);
    await shopper.press(change.save);
    await shopper.isAt('/sign-in', sign_in.title);
    await shopper.field(fields.identifier).fill(stranger.login);
    await shopper.field(fields.password).fill(stranger.password);
    await shopper.press(sign_in.title);
    await shopper.isAt('/account/profile');
    // In the language of the user who is signed in now.
    await expect(page.locator('[name="display_name"]')).toHaveValue('');
  });

  test('where cookies are turned off, a form that comes back says so', async ({ playwright, launchOptions, server, locale, javaScriptEnabled, smtp }) => {
    const options = { ...launchOptions, baseURL: server.origin, locale: locale ?? 'en-GB', javaScriptEnabled: javaScriptEnabled ?? true };
    const person = newPerson();
    await server.makeAccount(person);
    await withoutCookies(playwright.chromium, options, async (page) => {
      const shopper = new Shopper(page, options.locale.startsWith('ru') ? 'ru' : 'en', false, options.javaScriptEnabled, server, smtp);
      await page.goto('/sign-in');
      // There is no warning before there is a problem.
      await expect(page.getByRole('main')).not.toContainText(/cookie/i);
      await shopper.signIn(person);
      await expect(page.getByRole('main')).toContainText(/cookie/i);
      await page.goto('/register');
      await shopper.field(shopper.words.fields.login).fill(newPerson().login);
      await shopper.field(shopper.words.fields.email).fill(newPerson().email);
      await shopper.field(shopper.words.fields.password).fill(newPassword());
      await shopper.slide();
      await shopper.press(shopper.words.register.submit);
      await expect(page.getByRole('main')).toContainText(/cookie/i);
    });
  });
});

test.describe('a button pressed twice', () => {
  // With script the second press is ignored.
  test.use({ javaScriptEnabled: false });

  test('"Sign in" signs in', async ({ page, shopper, server }) => {
    const { fields, sign_in } = shopper.words;
    const person = newPerson();
    await server.makeAccount(person);
    await page.goto('/sign-in');
    await shopper.field(fields.identifier).fill(person.login);
    await shopper.field(fields.password).fill(person.password);
    await pressTwice(page, shopper.button(sign_in.title));
    await shopper.isAt('/account');
  });

  test('"Create account" and "Confirm" make one account and sign in', async ({ page, shopper, smtp }) => {
    const { code, fields, register } = shopper.words;
    const person = newPerson();
    await page.goto('/register');
    await shopper.field(fields.login).fill(person.login);
    await shopper.field(fields.email).fill(person.email);
    await shopper.field(fields.password).fill(person.password);
    await pressTwice(page, shopper.button(register.submit));
    await shopper.isAt('/register/code', register.code_title);
    await expect(shopper.alert).toHaveCount(0);
    await shopper.field(fields.code).fill(codeOf(await smtp.emailTo(person.email, 'confirm-address')));
    await pressTwice(page, shopper.button(code.confirm));
    await shopper.isAt('/account');
    await expect(page.getByRole('main')).toContainText(person.login);
    await smtp.emailTo(person.email, 'welcome');
    expect(smtp.kindsTo(person.email)).toEqual(['confirm-address', 'welcome']);
  });

  test('"Confirm" and "Update password" end on the last screen of a recovery', async ({ page, shopper, server, smtp }) => {
    const { code, fields, recovery } = shopper.words;
    const person = newPerson();
    const password = newPassword();
    await server.makeAccount(person);
    await shopper.askForRecovery(person.login);
    await shopper.askForCode();
    await shopper.field(fields.code).fill(await shopper.recoveryCode(person));
    await pressTwice(page, shopper.button(code.confirm));
    await shopper.isAt('/recover/password', recovery.password_title);
    await shopper.typeNewPassword(password);
    await pressTwice(page, shopper.button(recovery.update_password));
    await shopper.isAt('/recover/done', recovery.done_title);
    await smtp.emailTo(person.email, 'password-changed');
    await shopper.signIn(person, password);
    await shopper.isAt('/account');
    expect(smtp.kindsTo(person.email).filter((kind) => kind === 'password-changed')).toHaveLength(1);
  });

  test('"Save" saves a new password, and nobody is signed out by it', async ({ page, shopper }) => {
    const { fields, password: change } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    await page.goto('/account/profile/password');
    await shopper.field(fields.old_password).fill(person.password);
    await shopper.typeNewPassword(newPassword());
    await pressTwice(page, shopper.button(change.save));
    await expect(shopper.notice(change.changed)).toBeVisible();
    await page.goto('/account');
    await shopper.isAt('/account');
  });

  test('"Save" saves the profile, and does not claim that somebody else changed it', async ({ page, shopper }) => {
    const { password: change, profile } = shopper.words;
    await shopper.isSignedIn(newPerson());
    await page.goto('/account/profile');
    await shopper.field(profile.display_name).fill('Anna');
    await pressTwice(page, shopper.button(change.save));
    await expect(shopper.notice(profile.saved)).toBeVisible();
    await expect(shopper.alert).toHaveCount(0);
    await expect(shopper.field(profile.display_name)).toHaveValue('Anna');
  });
});
