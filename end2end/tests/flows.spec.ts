// No step can be skipped, and nothing is left behind.
import { newPassword, newPerson } from '../fixtures/person';
import { expect, test } from '../fixtures/test';
import { words } from '../fixtures/words';

test('a browser without a flow is led to its beginning', async ({ page, shopper }) => {
  for (const [path, beginning] of [
    ['/recover/method', '/recover'],
    ['/recover/code', '/recover'],
    ['/recover/password', '/recover'],
    ['/recover/done', '/sign-in'],
    ['/register/code', '/register'],
  ] as const) {
    await page.goto(path);
    await shopper.isAt(beginning);
  }
});

test('signed out, the account leads to the sign-in screen and back', async ({ page, shopper, server }) => {
  const person = newPerson();
  await server.makeAccount(person);
  for (const path of [
    '/account',
    '/account/devices',
    '/account/activity?kind=letters',
    '/account/saved-passwords',
    '/account/confirm',
    '/account/settings',
    '/account/settings/password',
    '/account/settings/password/code',
    '/account/settings/password/new',
    '/account/settings/email',
    '/account/settings/email/code',
    '/account/settings/login',
    '/account/settings/letters',
    '/account/settings/export',
    '/account/settings/delete',
    '/account/profile',
    '/account/profile/password',
  ]) {
    await page.goto(path);
    await expect(page).toHaveURL(`/sign-in?next=${encodeURIComponent(path)}`);
  }
  await shopper.field('Login or e-mail').fill(person.login);
  await shopper.field('Password').fill('not the password');
  await shopper.press('Sign in');
  await expect(shopper.alert).toBeVisible();
  await shopper.field('Password').fill(person.password);
  await shopper.press('Sign in');
  await shopper.isAt('/account/profile/password');
});

test('"next" leads to the shop, and to nobody else', async ({ page, shopper, shop, server }) => {
  const person = newPerson();
  await server.makeAccount(person);
  const signIn = async (next: string) => {
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await shopper.field('Login or e-mail').fill(person.login);
    await shopper.field('Password').fill(person.password);
    await shopper.press('Sign in');
  };
  for (const next of ['https://evil.example/', '//evil.example/', '/\\evil.example', 'javascript:alert(1)', `${shop.address.slice(0, -1)}@evil.example/`]) {
    await signIn(next);
    await shopper.isAt('/account');
    await shopper.signOut();
  }
  await signIn(`${shop.address}basket`);
  await expect(page.getByRole('heading', { name: 'All our goods' })).toBeVisible();
  expect(page.url()).toBe(`${shop.address}basket`);
});

test('no step of recovery can be skipped', async ({ page, shopper, server }) => {
  const person = newPerson();
  const password = newPassword();
  await server.makeAccount(person);
  const skip = () =>
    page.request.post('/api/recover_password', {
      headers: { accept: 'application/json', origin: server.origin },
      form: { new_password: password, new_password_again: password },
    });

  expect((await skip()).status()).toBe(409);
  await shopper.askForRecovery(person.login);
  for (const path of ['/recover/code', '/recover/password', '/recover/done']) {
    await page.goto(path);
    await expect(page).not.toHaveURL((url) => url.pathname === path);
  }
  expect((await skip()).status()).toBe(409);
  await page.goto('/recover/method');
  await shopper.askForCode();
  await page.goto('/recover/password');
  await shopper.isAt('/recover/method');
  expect((await skip()).status()).toBe(409);

  await shopper.signIn(person, password);
  await expect(shopper.alert).toContainText(words.en.errors.bad_credentials);
  await shopper.signIn(person);
  await shopper.isAt('/account');
});

test('no step of a change by code can be skipped', async ({ page, shopper }) => {
  const person = newPerson();
  await shopper.isSignedIn(person);
  for (const path of ['/account/settings/password/code', '/account/settings/password/new']) {
    await page.goto(path);
    await shopper.isAt('/account/settings/password');
  }
  await shopper.press('Email a code');
  await shopper.isAt('/account/settings/password/code');
  await page.goto('/account/settings/password/new');
  await shopper.isAt('/account/settings/password');
  // Nor does a code for one purpose work for another.
  await page.goto('/account/settings/email/code');
  await shopper.isAt('/account/confirm');
});

test('the code opens the new password and nothing else', async ({ page, shopper, server }) => {
  const person = newPerson();
  await server.makeAccount(person);
  await shopper.recoverUntilPassword(person);
  await page.goto('/account');
  await expect(page).toHaveURL('/sign-in?next=%2Faccount');
});

test('a recovery ends the sessions of every browser', async ({ page, shopper, another, server }) => {
  const person = newPerson();
  await server.makeAccount(person);
  const elsewhere = await another();
  await elsewhere.signIn(person);
  await elsewhere.isAt('/account');

  await shopper.recoverUntilPassword(person);
  // Asking alone changes nothing.
  await elsewhere.page.reload();
  await elsewhere.isAt('/account');
  await shopper.chooseNewPassword(newPassword());
  await elsewhere.page.reload();
  await expect(elsewhere.page).toHaveURL('/sign-in?next=%2Faccount');
  // Nor does it sign anybody in.
  await page.goto('/account');
  await expect(page).toHaveURL('/sign-in?next=%2Faccount');
});

test('of two recoveries of one account the second to finish starts again', async ({ shopper, another, server }) => {
  const person = newPerson();
  await server.makeAccount(person);
  await shopper.recoverUntilPassword(person);
  const elsewhere = await another();
  await elsewhere.recoverUntilPassword(person);
  await elsewhere.chooseNewPassword(newPassword());
  await shopper.field('New password').fill('violet kettle, again');
  await shopper.field('New password again').fill('violet kettle, again');
  await shopper.press('Update password');
  await shopper.isAt('/recover');
  await expect(shopper.alert).toContainText(words.en.errors.flow_expired);
  await shopper.signIn(person, 'violet kettle, again');
  await expect(shopper.alert).toContainText(words.en.errors.bad_credentials);
});

test('after signing out, Back shows nothing personal', async ({ page, shopper }) => {
  const person = newPerson();
  await shopper.isSignedIn(person);
  await shopper.follow(words.en.account.open_profile);
  await shopper.isAt('/account/profile');
  await shopper.signOut();
  for (let back = 0; back < 2; back += 1) {
    await page.goBack();
    await expect(page).toHaveURL(/\/sign-in\?next=/);
    await expect(page.locator('body')).not.toContainText(person.email);
  }
});

test('after a recovery, Back shows neither the form nor the account', async ({ page, shopper, server }) => {
  const person = newPerson();
  await server.makeAccount(person);
  await shopper.recoverUntilPassword(person);
  await shopper.chooseNewPassword(newPassword());
  for (let back = 0; back < 3; back += 1) {
    await page.goBack();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.locator('input[type=password]')).toHaveCount(0);
    await expect(page.locator('body')).not.toContainText(person.email);
  }
});

test('a form that is sent twice is done once', async ({ page, shopper, server, smtp }) => {
  const person = newPerson();
  await server.makeAccount(person);
  await shopper.askForRecovery(person.login);
  await shopper.waitForHydration();
  const posts: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') posts.push(request.url());
  });
  await shopper.button('Email a code').dblclick();
  await shopper.isAt('/recover/code');
  await shopper.confirm(await shopper.recoveryCode(person));
  await shopper.isAt('/recover/password');
  expect(posts).toHaveLength(2);
  expect(smtp.kindsTo(person.email)).toEqual(['recovery-code']);
});

test('the shop is one click away when all is done', async ({ page, shopper, server }) => {
  const person = newPerson();
  await server.makeAccount(person);
  await shopper.recoverUntilPassword(person);
  await shopper.chooseNewPassword(newPassword());
  await shopper.follow('Back to The shop');
  await expect(page.getByRole('heading', { name: 'All our goods' })).toBeVisible();
});
