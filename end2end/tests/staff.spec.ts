// Operators and admins: password and mailed code, and who assigns roles.
import type { Page } from '@playwright/test';
import { withAndWithoutScript } from '../fixtures/variants';
import { newPerson } from '../fixtures/person';
import { codeOf } from '../fixtures/smtp';
import { expect, test } from '../fixtures/test';
import { count, say } from '../fixtures/words';

/** The line of a member in the list of the staff. */
function entryOf(page: Page, login: string) {
  return page.getByRole('main').getByRole('listitem').filter({ hasText: login });
}

withAndWithoutScript(() => {
  test('an operator signs in with password and mailed code', async ({ page, shopper, server, smtp, another }) => {
    const { account, code, console: desk, errors, fields, sign_in } = shopper.words;
    const person = newPerson();
    await server.makeAccount(person, 'operator');
    await page.goto('/sign-in?next=%2Faccount%2Fdevices');
    await shopper.field(fields.identifier).fill(person.login);
    await shopper.field(fields.password).fill(person.password);
    await page.getByLabel(sign_in.remember, { exact: true }).check();
    await shopper.press(sign_in.title);
    await shopper.isAt('/sign-in/code', code.title);
    await expect(page.getByRole('main')).toContainText(sign_in.code_for_staff);
    await expect(page.getByRole('main')).not.toContainText(person.email);
    await expect(shopper.field(fields.code)).toHaveAttribute('autocomplete', 'one-time-code');

    // Not signed in yet, here or elsewhere.
    const right = codeOf(await smtp.emailTo(person.email, 'staff-code'));
    const stranger = await another();
    await stranger.page.goto('/sign-in/code');
    await stranger.isAt('/sign-in');
    await shopper.confirm(right === '000000' ? '000001' : '000000');
    await expect(shopper.alert).toContainText(count(shopper.language, errors.code_wrong, 4));
    await expect(shopper.field(fields.code)).toHaveValue('');
    await shopper.confirm(right);
    await shopper.isAt('/account/devices');
    const cookies = await page.context().cookies();
    expect(cookies.find(({ name }) => name === 'session')?.expires, 'ends with the browser').toBe(-1);
    // An account that was created on the command line uses English until its owner changes it.
    await page.goto(`/account?lang=${shopper.language}`);
    await expect(shopper.link(desk.open)).toBeVisible();

    // Another time, in the same browser: another code.
    await shopper.press(account.sign_out);
    await shopper.isAt('/sign-in');
    await shopper.signInAsStaff(person);
    await shopper.isAt('/account');
  });

  test('an admin gives a role, and all admins hear of it', async ({ page, shopper, smtp, server, another }) => {
    const { account, confirm, console: desk, deletion, errors, events, staff } = shopper.words;
    const [admin, second, person] = [newPerson(), newPerson(), newPerson()];
    await server.makeAccount(second, 'admin');
    await smtp.emailTo(second.email, 'role-changed');
    await server.makeAccount(person);
    await shopper.isStaff(admin, 'admin');
    for (const { email } of [admin, second]) await smtp.emailTo(email, 'role-changed');
    const theirs = await another();
    await theirs.signIn(person);
    await theirs.isAt('/account');

    await page.goto('/operator/staff');
    await shopper.isAt('/operator/staff', staff.title);
    await expect(entryOf(page, admin.login)).toContainText(`${staff.role_admin} ${staff.own}`);
    await expect(entryOf(page, person.login)).toHaveCount(0);
    const places = page.getByRole('navigation', { name: desk.title, exact: true });
    await expect(places.getByRole('link', { name: desk.staff, exact: true })).toHaveAttribute('aria-current', 'page');
    await expect(places.getByRole('link', { name: account.title, exact: true })).toBeVisible();

    // Reauthentication comes first; what was typed is restored afterwards.
    await shopper.field(shopper.words.fields.login).fill(person.login);
    await shopper.choice(staff.role).selectOption('operator');
    await shopper.press(staff.give);
    await shopper.isAt('/account/confirm', confirm.title);
    await shopper.prove(admin.password);
    await shopper.isAt('/operator/staff', staff.title);
    await expect(shopper.field(shopper.words.fields.login)).toHaveValue(person.login);
    await expect(shopper.choice(staff.role)).toHaveValue('operator');
    await shopper.press(staff.give);
    await expect(shopper.notice(say(staff.given, { login: person.login, role: staff.role_operator }))).toBeVisible();
    await expect(entryOf(page, person.login)).toContainText(staff.role_operator);
    for (const { email } of [admin, second]) {
      const message = await smtp.emailTo(email, 'role-changed');
      expect(message.subject).toContain(person.login);
      expect(message.text, 'who gave it').toContain(admin.login);
    }
    await smtp.emailTo(person.email, 'role-changed');

    // Signed out by it; from now on a code is required.
    await theirs.page.goto('/account');
    await theirs.isAt('/sign-in');
    await theirs.signInAsStaff(person);
    await theirs.isAt('/account');
    await theirs.page.goto(`/account/activity?lang=${shopper.language}`);
    await expect(theirs.page.getByText(say(events.role_changed_to, { role: staff.role_operator }))).toBeVisible();
    await theirs.page.goto('/account/settings/delete');
    await theirs.isAt('/account/settings/delete', deletion.title);
    await expect(theirs.page.getByText(errors.staff_stays)).toBeVisible();

    // A user cannot change their own role.
    await shopper.field(shopper.words.fields.login).fill(admin.login);
    await shopper.choice(staff.role).selectOption('shopper');
    await shopper.press(staff.give);
    await expect(shopper.alert).toContainText(errors.role_own);
    await expect(shopper.field(shopper.words.fields.login)).toHaveAccessibleDescription(new RegExp(errors.role_own));

    // A role that the account already has is reported at the choice, until another one is chosen.
    await shopper.field(shopper.words.fields.login).fill(person.login);
    await shopper.choice(staff.role).selectOption('operator');
    await shopper.press(staff.give);
    await expect(shopper.choice(staff.role)).toHaveAccessibleDescription(new RegExp(errors.role_same));
    await expect(shopper.alert).toContainText(errors.role_same);
    await shopper.choice(staff.role).selectOption('admin');
    if (shopper.script) await expect(shopper.alert).toHaveCount(0);
  });
});

test.describe('operators', () => {
  test.use({ complaints: [/status of 404/] });

  test('find no list of the staff', async ({ page, shopper }) => {
    await shopper.isStaff(newPerson(), 'operator');
    const answer = await page.goto('/operator/staff');
    expect(answer?.status()).toBe(404);
  });
});

test('roles on the command line', async ({ page, shopper, server, smtp }) => {
  const person = newPerson();
  await shopper.isSignedIn(person);
  expect(await server.run(['account', 'set-role', person.login, 'operator'])).toContain('is now operator');
  expect((await smtp.emailTo(person.email, 'role-changed')).text).toContain(shopper.words.staff.by_command);
  expect(await server.run(['account', 'set-role', person.email, 'operator'])).toContain('was already operator');
  expect(await server.run(['account', 'show', person.login])).toMatch(/role +operator/);
  await page.goto('/account');
  await shopper.isAt('/sign-in');
  await shopper.signInAsStaff(person);
  await shopper.isAt('/account');
  await expect(server.run(['account', 'set-role', person.login, 'owner'])).rejects.toThrow('owner');
  await server.run(['account', 'set-role', person.login, 'shopper']);
  await shopper.signIn(person);
  await shopper.isAt('/account');
});
