// Assisted recovery: a shopper who lost password and mailbox, two operators, and the owner who can stop it. On
// PostgreSQL, where the test can make the operators' roles older than they are: nothing in the product can.
import type { Page } from '@playwright/test';
import { checkIn } from '../fixtures/page-check';
import { newPassword, newPerson, type Person } from '../fixtures/person';
import { PostgresDatabase } from '../fixtures/postgres';
import type { Shopper } from '../fixtures/shopper';
import { codeOf, linkOf } from '../fixtures/smtp';
import { expect, test as base } from '../fixtures/test';
import { say, words } from '../fixtures/words';

const test = base.extend<{ database: PostgresDatabase }>({
  database: async ({}, use) => {
    const database = await PostgresDatabase.create();
    await use(database);
    await database.drop();
  },
  settings: async ({ database }, use) => use({ ...database.settings, LATCHKEY_ASSISTED_WAIT_SECONDS: '2' }),
});

test.setTimeout(180_000);
// Housekeeping runs every ten seconds.
const PATIENCE = 30_000;
const { assisted: desk, errors } = words.en;
const CHECK = 'the date of registration';

async function makeOlder(database: PostgresDatabase): Promise<void> {
  const days = 8 * 24 * 3_600_000;
  await database.change(
    `UPDATE accounts SET created_at = created_at - ${days}, role_given_at = role_given_at - ${days} WHERE role <> 'shopper'`,
  );
}

const isFine = checkIn(['light', 'dark'], true);

/** Writes to support as the shopper, and names the account. */
async function write(shopper: Shopper, person: Person, message: string): Promise<void> {
  const chat = shopper.words.support;
  await shopper.page.goto('/support');
  await shopper.waitForHydration();
  await shopper.field(chat.account).fill(person.login);
  await shopper.page.locator('textarea[name=message]').fill(message);
  await shopper.press(chat.send);
  await expect(shopper.page.getByRole('log')).toContainText(message);
}

/** Opens the recovery from the last waiting conversation in the queue. */
async function openFor(operator: Shopper): Promise<string> {
  const { page } = operator;
  await page.goto('/operator');
  await page.locator('#queue .waiting a').last().click();
  await expect(page).toHaveURL((url) => url.searchParams.has('open'));
  const conversation = new URL(page.url()).searchParams.get('open') ?? '';
  await page.goto(`/operator/assisted?conversation=${conversation}`);
  await operator.isAt('/operator/assisted', desk.list_title);

  // At least one check must be ticked.
  await operator.press(desk.open);
  await expect(operator.alert).toContainText(errors.assisted_unchecked);
  await isFine(page, 'the form that opens one');
  await page.getByLabel(CHECK, { exact: true }).check();
  if (operator.script) await expect(operator.alert).toHaveCount(0);
  await operator.field(desk.remark).fill('Knows her last order');
  await operator.press(desk.open);
  await expect(page.getByRole('heading', { level: 2, name: desk.state_opened })).toBeVisible();
  return new URL(page.url()).pathname;
}

/** From the link in the conversation to a confirmed address. */
async function confirmAddress(shopper: Shopper, email: string, code: () => Promise<string>): Promise<void> {
  const { assisted, code: screen, recovery, support } = shopper.words;
  await shopper.page.goto('/support');
  await shopper.follow(support.assisted);
  await shopper.isAt('/recover/assisted', assisted.ask_title);
  await isFine(shopper.page, 'the address to use');
  await shopper.field(assisted.ask_email).fill(email);
  await shopper.press(recovery.go_on);
  await shopper.isAt('/recover/assisted/code', screen.title);
  await shopper.confirm(await code());
  await shopper.isAt('/recover/assisted', assisted.confirmed_title);
}

async function state(page: Page, path: string): Promise<string> {
  await page.goto(path);
  return (await page.getByRole('heading', { level: 2 }).first().textContent()) ?? '';
}

test.describe('a Russian-writing shopper', () => {
  test.use({ locale: 'ru-RU' });

  test('two operators help a shopper who lost password and mailbox', async ({ page, shopper, another, server, smtp, database }) => {
    const t = shopper.words.assisted;
    const person = newPerson();
    const [email, password] = [newPerson().email, newPassword()];
    await server.makeAccount(person);
    const [first, second] = [await another({ locale: 'en-GB' }), await another({ locale: 'en-GB' })];
    const [olga, oleg] = [newPerson(), newPerson()];
    await first.isStaff(olga, 'operator');
    await second.isStaff(oleg, 'operator');

    await write(shopper, person, 'Здравствуйте, не могу войти: и пароль забыла, и почты той больше нет');
    const path = await openFor(first);
    await expect(shopper.page.getByRole('log')).toContainText(shopper.words.support.happened.assisted_opened);
    await confirmAddress(shopper, email, async () => codeOf(await smtp.emailTo(email, 'confirm-address')));

    // The operator who opened it cannot approve it, and the second operator's role is too new.
    await first.page.goto(path);
    await expect(first.page.getByText(desk.second_decides)).toBeVisible();
    await expect(first.button(desk.approve)).toHaveCount(0);
    await second.page.goto('/operator/assisted');
    await second.isAt('/operator/assisted', desk.list_title);
    await isFine(second.page, 'the list');
    await second.page.getByRole('main').getByRole('listitem').filter({ hasText: desk.state_confirmed }).getByRole('link', { name: desk.look }).click();
    const main = second.page.getByRole('main');
    for (const shown of [olga.login, CHECK, 'Knows her last order', person.login]) await expect(main).toContainText(shown);
    await expect(main, 'masked').not.toContainText(email);
    await expect(main, 'masked').not.toContainText(person.email);
    await isFine(second.page, 'what there is to decide by');
    await second.press(desk.approve);
    await expect(second.alert).toContainText(errors.assisted_too_new);
    await makeOlder(database);
    await second.press(desk.approve);
    await expect(second.page.getByRole('heading', { level: 2, name: desk.state_waiting })).toBeVisible();

    // The owner's mailbox is informed; nobody stops it.
    const message = await smtp.emailTo(person.email, 'assisted-recovery');
    expect(message.text).toContain(email.slice(email.indexOf('@')));
    expect(message.text).not.toContain(email);
    await smtp.emailTo(email, 'assisted-ready', PATIENCE);
    await page.goto('/recover/assisted');
    await shopper.isAt('/recover/assisted', t.ready_title);
    await isFine(page, 'ready');

    // The recovery that support arranged.
    await shopper.askForRecovery(person.login);
    await shopper.follow(t.arranged);
    await shopper.isAt('/recover/arranged', t.arranged);
    await isFine(page, 'the way that support arranged');
    await shopper.field(shopper.words.fields.email).fill(email);
    await shopper.press(shopper.words.recovery.go_on);
    await shopper.isAt('/recover/code', shopper.words.code.title);
    await shopper.confirm(codeOf(await smtp.emailTo(email, 'recovery-code')));
    await shopper.isAt('/recover/password', shopper.words.recovery.password_title);
    await shopper.waitForHydration();
    await shopper.chooseNewPassword(password);
    await shopper.signIn({ ...person, email }, password);
    await shopper.isAt('/account');
    await expect(page.getByRole('main')).toContainText(email);
    await smtp.emailTo(person.email, 'address-changed');
    expect(await state(second.page, path)).toBe(desk.state_done);
    await page.goto(`/account/activity?lang=${shopper.language}`);
    await expect(page.getByText(shopper.words.events.assisted_done).first()).toBeVisible();
  });
});

test('the owner stops it, from a letter and from a screen', async ({ page, shopper, another, server, smtp, database }) => {
  const person = newPerson();
  await server.makeAccount(person);
  const [first, second, thief] = [await another(), await another(), await another()];
  await first.isStaff(newPerson(), 'operator');
  await second.isStaff(newPerson(), 'operator');
  await makeOlder(database);
  const begin = async (email: string) => {
    await write(thief, person, `I am ${person.login}, believe me`);
    const path = await openFor(first);
    await confirmAddress(thief, email, async () => codeOf(await smtp.emailTo(email, 'confirm-address')));
    await second.page.goto(path);
    await second.press(desk.approve);
    await expect(second.page.getByRole('heading', { level: 2, name: desk.state_waiting })).toBeVisible();
    return path;
  };

  // By the email: the page asks first, and nobody is signed in.
  const one = await begin(newPerson().email);
  await page.goto(linkOf(await smtp.emailTo(person.email, 'assisted-recovery')));
  await shopper.isAt('/recover/assisted/stop', desk.stop_title);
  await expect(page.getByText(say(desk.stop_about, { login: person.login }))).toBeVisible();
  await isFine(page, 'stop this');
  await shopper.press(desk.stop);
  await shopper.isAt('/recover/assisted/stop', desk.stopped_title);
  expect(await state(second.page, one)).toBe(desk.state_stopped);
  await thief.page.goto('/recover/assisted');
  await thief.isAt('/recover/assisted', desk.over_title);

  // By the warning at the top of every page.
  await thief.startAfresh();
  const two = await begin(newPerson().email);
  await shopper.signIn(person);
  await shopper.isAt('/account');
  for (const path of ['/account', '/account/settings', '/account/devices']) {
    await page.goto(path);
    await expect(page.getByRole('region', { name: desk.banner_title })).toBeVisible();
  }
  await isFine(page, 'the warning on a screen of the account');
  await page.getByRole('region', { name: desk.banner_title }).getByRole('button', { name: desk.stop }).click();
  await shopper.isAt('/recover/assisted/stop', desk.stopped_title);
  expect(await state(second.page, two)).toBe(desk.state_stopped);
  await page.goto('/account');
  await shopper.signOut();
  await shopper.signIn(person);
  await shopper.isAt('/account');

  // Twice within 30 days: an admin has to review it first.
  await thief.startAfresh();
  await write(thief, person, 'It is me once more');
  await first.page.goto('/operator');
  await first.page.locator('#queue .waiting a').last().click();
  await expect(first.page).toHaveURL((url) => url.searchParams.has('open'));
  const conversation = new URL(first.page.url()).searchParams.get('open') ?? '';
  await first.page.goto(`/operator/assisted?conversation=${conversation}`);
  await first.page.getByLabel(CHECK, { exact: true }).check();
  await first.press(desk.open);
  await expect(first.alert).toContainText(errors.assisted_admin_only);
});

test('nobody learns whether support arranged anything', async ({ shopper, server }) => {
  const person = newPerson();
  await server.makeAccount(person);
  await server.makeAccount(newPerson(), 'operator');
  const seen: string[] = [];
  for (const login of [person.login, newPerson().login]) {
    const email = newPerson().email;
    await shopper.askForRecovery(login);
    await shopper.follow(desk.arranged);
    await shopper.field(shopper.words.fields.email).fill(email);
    await shopper.press(shopper.words.recovery.go_on);
    await shopper.isAt('/recover/code', shopper.words.code.title);
    seen.push(await shopper.textBut(login, email));
  }
  expect(seen[0]).toBe(seen[1]);
});
