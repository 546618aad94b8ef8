// What password managers need: the right tokens, a post that ends in a navigation, paste, and a field that is of type
// password again when it is sent.
import type { Page } from '@playwright/test';
import { newPassword, newPerson } from '../fixtures/person';
import { waitForHydration } from '../fixtures/slider';
import { codeOf } from '../fixtures/smtp';
import { expect, test } from '../fixtures/test';

/** Returns name and `autocomplete` of every visible field. */
async function tokens(page: Page): Promise<Record<string, string>> {
  const fields = page.locator('form#screen-form input:not([type=hidden]):not([type=checkbox])');
  return Object.fromEntries(await fields.evaluateAll((all) => all.map((one) => [one.getAttribute('name'), one.getAttribute('autocomplete')])));
}

/** Runs an action that sends a form by a navigation; returns what a browser's password manager saw. */
async function sent(page: Page, act: () => Promise<void>) {
  // The requests of the strength meter while a password is being typed are no navigations.
  const answer = page.waitForResponse((response) => response.request().method() === 'POST' && response.request().isNavigationRequest());
  const shown = page.waitForResponse((response) => response.request().method() === 'GET' && response.request().isNavigationRequest());
  await act();
  const post = await answer;
  return {
    status: post.status(),
    to: new URL(post.headers().location ?? '', post.url()).pathname,
    then: (await shown).status(),
  };
}

test('sign in', async ({ page, shopper, server }) => {
  const person = newPerson();
  await server.makeAccount(person);
  await page.goto('/sign-in');
  expect(await tokens(page)).toEqual({ login: 'username', password: 'current-password' });
  await shopper.field('Login or e-mail').fill(person.login);
  await shopper.field('Password').fill(person.password);
  const post = await sent(page, () => shopper.press('Sign in'));
  expect(post).toEqual({ status: 303, to: '/account', then: 200 });
});

test('register', async ({ page, shopper, smtp }) => {
  const person = newPerson();
  await page.goto('/register');
  expect(await tokens(page)).toEqual({ login: 'username', email: 'email', password: 'new-password' });
  await shopper.field('Login').fill(person.login);
  await shopper.field('E-mail').fill(person.email);
  await shopper.field('Password').fill(person.password);
  await shopper.slide();
  const post = await sent(page, () => shopper.press('Create account'));
  expect(post).toEqual({ status: 303, to: '/register/code', then: 200 });

  expect(await tokens(page)).toEqual({ code: 'one-time-code' });
  await shopper.field('Code').fill(codeOf(await smtp.emailTo(person.email, 'confirm-address')));
  // It contains no password: it is posted in place, and continues with a navigation.
  const shown = page.waitForResponse((response) => response.request().method() === 'GET' && response.request().isNavigationRequest());
  await shopper.press('Confirm');
  expect((await shown).status()).toBe(200);
  await shopper.isAt('/account');
});

test('recover', async ({ page, shopper, server }) => {
  const person = newPerson();
  const password = newPassword();
  await server.makeAccount(person);
  await page.goto('/recover');
  expect(await tokens(page)).toEqual({ login: 'username' });
  await shopper.recoverUntilPassword(person);
  expect(await tokens(page)).toEqual({ login: 'username', new_password: 'new-password', new_password_again: 'new-password' });
  await expect(page.locator('input[name=login]')).toHaveValue(person.login);
  await expect(page.locator('input[name=login]')).not.toBeEditable();
  await shopper.field('New password').fill(password);
  await shopper.field('New password again').fill(password);
  const post = await sent(page, () => shopper.press('Update password'));
  expect(post).toEqual({ status: 303, to: '/recover/done', then: 200 });
});

test('change the password with the old one', async ({ page, shopper, smtp }) => {
  const person = newPerson();
  const password = newPassword();
  await shopper.isSignedIn(person);
  await page.goto('/.well-known/change-password');
  await shopper.isAt('/account/profile/password', 'Change password');
  expect(await tokens(page)).toEqual({
    login: 'username',
    old_password: 'current-password',
    new_password: 'new-password',
    new_password_again: 'new-password',
  });
  await expect(page.locator('input[name=login]')).toHaveValue(person.login);

  await shopper.field('Old password').fill('not the old one');
  await shopper.field('New password').fill(password);
  await shopper.field('New password again').fill(password);
  await shopper.press('Save');
  await expect(shopper.alert).toContainText(shopper.words.errors.old_password_wrong);
  await expect(shopper.field('Old password')).toHaveAttribute('aria-invalid', 'true');
  await expect(shopper.field('Old password')).toHaveAccessibleDescription(new RegExp(shopper.words.errors.old_password_wrong));
  await expect(shopper.field('New password')).toHaveValue('');

  await shopper.field('Old password').fill(person.password);
  await shopper.field('New password').fill(password);
  await shopper.field('New password again').fill(password);
  const post = await sent(page, () => shopper.press('Save'));
  expect(post).toEqual({ status: 303, to: '/account/profile/password', then: 200 });
  await expect(page.getByText(shopper.words.password.changed)).toBeVisible();
  await smtp.emailTo(person.email, 'password-changed');

  await page.goto('/account');
  await shopper.signOut();
  await shopper.signIn(person);
  await expect(shopper.alert).toContainText(shopper.words.errors.bad_credentials);
  await shopper.signIn(person, password);
  await shopper.isAt('/account');
});

test('change the password with a code', async ({ page, shopper }) => {
  const person = newPerson();
  const password = newPassword();
  await shopper.isSignedIn(person);
  await page.goto('/account/settings/password');
  await shopper.press('Email a code');
  await shopper.isAt('/account/settings/password/code');
  expect(await tokens(page)).toEqual({ code: 'one-time-code' });
  await shopper.confirm(await shopper.recoveryCode(person));
  await shopper.isAt('/account/settings/password/new');
  expect(await tokens(page)).toEqual({ login: 'username', new_password: 'new-password', new_password_again: 'new-password' });
  await expect(page.locator('input[name=login]')).toHaveValue(person.login);
  await expect(page.locator('input[name=login]')).not.toBeEditable();
  await shopper.typeNewPassword(password);
  const post = await sent(page, () => shopper.press('Update password'));
  expect(post).toEqual({ status: 303, to: '/account/settings', then: 200 });
});

test('confirm that it is you, and fill in the rest', async ({ page, shopper }) => {
  const person = newPerson();
  await shopper.isSignedIn(person);
  await page.goto('/account/settings/email');
  await shopper.isAt('/account/confirm');
  expect(await tokens(page)).toEqual({ login: 'username', password: 'current-password' });
  await expect(page.locator('input[name=login]')).toHaveValue(person.login);
  await shopper.field('Password').fill(person.password);
  const post = await sent(page, () => shopper.press('Confirm'));
  expect(post).toEqual({ status: 303, to: '/account/settings/email', then: 200 });
  expect(await tokens(page)).toEqual({ email: 'email' });
  await page.goto('/account/settings/login');
  expect(await tokens(page)).toEqual({ login: 'username' });
  await page.goto('/account/profile');
  expect(await tokens(page)).toMatchObject({ display_name: 'name' });
  await page.goto('/recover/login');
  expect(await tokens(page)).toEqual({ email: 'email' });
});

test('a password can be pasted everywhere', async ({ page, shopper, server }) => {
  const person = newPerson();
  await server.makeAccount(person);
  const paste = async (from: string, into: string) => {
    await page.locator(`[name=${from}]`).press('ControlOrMeta+a');
    await page.locator(`[name=${from}]`).press('ControlOrMeta+c');
    await page.locator(`[name=${into}]`).press('ControlOrMeta+v');
  };

  await page.goto('/register');
  await shopper.field('Login').fill(person.password);
  await paste('login', 'password');
  await expect(shopper.field('Password')).toHaveValue(person.password);

  await page.goto('/sign-in');
  await shopper.field('Login or e-mail').fill(person.password);
  await paste('login', 'password');
  await shopper.field('Login or e-mail').fill(person.login);
  await shopper.press('Sign in');
  await shopper.isAt('/account');

  await page.goto('/account/profile/password');
  // A read-only field can be copied.
  for (const field of ['old_password', 'new_password', 'new_password_again']) {
    await paste('login', field);
    await expect(page.locator(`[name=${field}]`)).toHaveValue(person.login);
  }
});

test('a code can be pasted with spaces, and is not sent by itself', async ({ page, shopper, server }) => {
  const person = newPerson();
  await server.makeAccount(person);
  await shopper.askForRecovery(person.login);
  await shopper.askForCode();
  const code = await shopper.recoveryCode(person);
  await shopper.field('Code').fill(` ${code.slice(0, 3)} ${code.slice(3)} `);
  await expect(shopper.field('Code')).toHaveValue(code);
  await expect(page).toHaveURL(/\/recover\/code$/);
  await shopper.press('Confirm');
  await shopper.isAt('/recover/password');
});

test('a password that is shown is sent as a password', async ({ page, shopper }) => {
  await page.goto('/sign-in');
  await waitForHydration(page);
  const password = shopper.field('Password');
  const show = page.getByRole('button', { name: 'Show password' });
  await password.fill('violet kettle');
  await show.click();
  await expect(password).toHaveAttribute('type', 'text');
  await expect(password).toHaveValue('violet kettle');
  await page.getByRole('button', { name: 'Hide password' }).click();
  await expect(password).toHaveAttribute('type', 'password');
  await show.click();
  await shopper.field('Login or e-mail').fill('somebody');
  // After the form's own listeners have run, instead of the post.
  await page.evaluate(() => document.addEventListener('submit', (event) => event.preventDefault()));
  await shopper.press('Sign in');
  await expect(password).toHaveAttribute('type', 'password');
});
