// Names that others rely on, word for word as in CONTRACT; all other tests take their texts from the translations.
import { newPerson } from '../fixtures/person';
import { codeOf } from '../fixtures/smtp';
import { expect, test } from '../fixtures/test';

test('the English names of fields, buttons and links', async ({ page, shopper, another, smtp, server }) => {
  const person = newPerson();
  const has = async (fields: string[], buttons: string[], links: string[] = []) => {
    for (const name of fields) await expect(page.locator(`form#screen-form [name=${name}]`)).toBeVisible();
    for (const name of buttons) await expect(shopper.button(name)).toBeVisible();
    for (const name of links) await expect(shopper.link(name)).toBeVisible();
  };

  await page.goto('/sign-in');
  await has(['login', 'password', 'remember'], ['Sign in'], ['Forgot your password?', 'Create an account']);
  await expect(page.getByLabel('Stay signed in')).toBeVisible();

  await page.goto('/register');
  await has(['login', 'email', 'password'], ['Create account']);
  await expect(page.getByRole('slider', { name: 'Slide to verify' })).toBeVisible();
  await shopper.startRegistration(person);
  await has(['code'], ['Confirm', 'Get code']);
  await shopper.confirm(codeOf(await smtp.emailTo(person.email, 'confirm-address')));

  await shopper.isAt('/account');
  await has([], ['Sign out'], ['Profile', 'Devices', 'Activity', 'Settings', 'Change password']);
  await page.goto('/account/profile');
  await has(['display_name', 'picture', 'locale', 'time_zone'], ['Save', 'Sign out'], ['Change password']);
  await page.goto('/account/profile/password');
  await has(['old_password', 'new_password', 'new_password_again', 'login'], ['Save']);
  await page.goto('/account/settings');
  await has([], [], ['Change password']);
  await shopper.follow('Change password');
  await shopper.isAt('/account/settings/password');
  await shopper.press('Email a code');
  await shopper.isAt('/account/settings/password/code');
  await has(['code'], ['Confirm', 'Get code']);
  await shopper.confirm(await shopper.recoveryCode(person));
  await shopper.isAt('/account/settings/password/new');
  await has(['new_password', 'new_password_again', 'login'], ['Update password']);
  await page.goto('/account/settings/email');
  await shopper.isAt('/account/confirm');
  await has(['password'], ['Email a code']);
  await shopper.prove(person.password);
  await shopper.isAt('/account/settings/email');
  await has(['email'], []);
  const elsewhere = await another();
  await elsewhere.signIn(person);
  await elsewhere.isAt('/account');
  await page.goto('/account/devices');
  await expect(page.getByRole('main').getByRole('listitem').getByRole('button', { name: 'Sign out', exact: true })).toHaveCount(1);
  await has([], ['Sign out everywhere else']);
  await page.getByRole('navigation', { name: 'My account' }).getByRole('button', { name: 'Sign out' }).click();

  const other = newPerson();
  await server.makeAccount(other);
  await page.goto('/recover');
  await has(['login'], ['Continue'], ['Forgot your login?']);
  await expect(page.getByRole('slider', { name: 'Slide to verify' })).toBeVisible();
  await page.goto('/recover/login');
  await has(['email'], ['Send']);
  await expect(page.getByRole('slider', { name: 'Slide to verify' })).toBeVisible();
  await shopper.askForRecovery(other.login);
  await has([], ['Email a code'], ['Use a saved code']);
  await shopper.follow('Use a saved code');
  await shopper.isAt('/recover/saved-code');
  await has(['saved_code'], ['Continue'], ['Other ways to verify']);
  await shopper.follow('Other ways to verify');
  await shopper.askForCode();
  await has(['code'], ['Confirm', 'Get code'], ['Other ways to verify']);
  await expect(page.getByText("Didn't receive the code?")).toBeVisible();
  await shopper.confirm(await shopper.recoveryCode(other));
  await shopper.isAt('/recover/password');
  await has(['new_password', 'new_password_again', 'login'], ['Update password']);
  await shopper.chooseNewPassword('violet kettle, once');
  await has([], [], ['Sign in', 'Back to The shop']);
});

test('"Stay signed in" outlives the browser, and a plain sign-in does not', async ({ page, shopper, server }) => {
  const person = newPerson();
  await server.makeAccount(person);
  const session = async () => (await page.context().cookies()).find((cookie) => cookie.name === 'session')!;
  await shopper.signIn(person);
  await shopper.isAt('/account');
  expect((await session()).expires).toBe(-1);
  await shopper.signOut();

  await page.getByLabel('Stay signed in').check();
  await shopper.field('Login or e-mail').fill(person.login);
  await shopper.field('Password').fill(person.password);
  await shopper.press('Sign in');
  await shopper.isAt('/account');
  const days = ((await session()).expires - Date.now() / 1000) / 86_400;
  expect(days).toBeGreaterThan(13);
  expect(days).toBeLessThanOrEqual(30);
});

test('every letter names its kind, its account and that no person wrote it', async ({ shopper, smtp }) => {
  const person = newPerson();
  await shopper.register(person);
  const code = await smtp.emailTo(person.email, 'welcome');
  expect(code.account).toBe(person.login);
  expect(code.headers.get('auto-submitted')).toBe('auto-generated');
  expect(code.html).toContain(person.login);
  // An email loads nothing from elsewhere.
  expect(code.html).not.toMatch(/<img|<link|url\(/i);
});
