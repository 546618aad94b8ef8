// Activity, day by day: switching groups and loading older events in place; the address follows, and "Back" works.
import type { Locator, Page } from '@playwright/test';
import { withAndWithoutScript } from '../fixtures/variants';
import { newPerson, type Person } from '../fixtures/person';
import type { Shopper } from '../fixtures/shopper';
import { waitForHydration } from '../fixtures/slider';
import { expect, test } from '../fixtures/test';
import { count, words } from '../fixtures/words';

const ACTIVITY = '/account/activity';

/** The listed events. */
function entriesOf(page: Page): Locator {
  return page.getByRole('main').getByRole('listitem').filter({ has: page.getByRole('time') });
}

function days(page: Page): Locator {
  return page.getByRole('main').getByRole('heading', { level: 2 });
}

/** The polite announcement of how many there are. */
function status(page: Page, words: string): Locator {
  return page.getByRole('status').filter({ hasText: words });
}

/** Marks the page; the returned function reports whether it was not loaded again since. */
async function mark(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => Object.assign(window, { mark: true }));
  return () => page.evaluate(() => 'mark' in window);
}

/** Signs in this many more times in this browser, by requests without loading pages. */
async function signInAgain(shopper: Shopper, person: Person, times: number): Promise<void> {
  const { origin } = new URL(shopper.page.url());
  const headers = { accept: 'application/json', origin, 'sec-fetch-site': 'same-origin' };
  for (let time = 0; time < times; time += 1) {
    const form = { login: person.login, password: person.password };
    const answer = await shopper.page.context().request.post(`${origin}/api/sign_in`, { headers, form });
    expect(answer.ok()).toBe(true);
  }
}

/** Creates a person with 45 events: registered, and signed in 44 times. */
async function busy(shopper: Shopper): Promise<Person> {
  const person = newPerson();
  await shopper.isSignedIn(person);
  await signInAgain(shopper, person, 43);
  return person;
}

test('older events are added below, and the address shows as many again', async ({ page, shopper }) => {
  const { activity, events } = shopper.words;
  await busy(shopper);
  await page.goto(ACTIVITY);
  await waitForHydration(page);
  const stays = await mark(page);
  const entries = entriesOf(page);
  await expect(entries).toHaveCount(20);
  const older = shopper.link(activity.older);
  await older.focus();
  await page.keyboard.press('Enter');
  await expect(entries).toHaveCount(40);
  // The first new entry has the focus, and the number of new ones is announced.
  await expect(entries.nth(20)).toBeFocused();
  await expect(status(page, count('en', activity.more_shown, 20))).toHaveCount(1);
  await expect(page).toHaveURL(`${ACTIVITY}?parts=2`);
  await older.click();
  await expect(entries).toHaveCount(45);
  await expect(entries.nth(40)).toBeFocused();
  await expect(entries.last()).toContainText(events.registered);
  await expect(older).toHaveCount(0);
  await expect(page).toHaveURL(`${ACTIVITY}?parts=3`);
  // One day has one heading, however many parts it was loaded in.
  await expect(days(page)).toHaveText([activity.today]);
  expect(await stays()).toBe(true);
  await page.reload();
  await expect(entries).toHaveCount(45);
});

test('a group is shown in place, and "Back" shows what was there before', async ({ page, shopper }) => {
  const { account, activity, events } = shopper.words;
  await busy(shopper);
  await shopper.follow(shopper.side(activity.title));
  await shopper.isAt(ACTIVITY, activity.title);
  await waitForHydration(page);
  const stays = await mark(page);
  const filter = page.getByRole('navigation', { name: activity.filter });
  const [all, changes, recovery] = [activity.all, activity.changes, activity.recovery].map((name) =>
    filter.getByRole('link', { name }));
  const entries = entriesOf(page);
  await shopper.follow(activity.older);
  await expect(entries).toHaveCount(40);
  await changes!.click();
  await expect(changes!).toHaveAttribute('aria-current', 'true');
  await expect(all!).not.toHaveAttribute('aria-current', 'true');
  await expect(page).toHaveURL(`${ACTIVITY}?kind=changes`);
  await expect(entries).toHaveText([new RegExp(events.registered)]);
  await expect(changes!).toBeFocused();
  await expect(status(page, count('en', activity.shown, 1))).toHaveCount(1);
  await recovery!.click();
  await expect(page.getByText(activity.empty)).toBeVisible();
  await expect(entries).toHaveCount(0);
  await page.goBack();
  await expect(page).toHaveURL(`${ACTIVITY}?kind=changes`);
  await expect(entries).toHaveText([new RegExp(events.registered)]);
  await page.goBack();
  await expect(page).toHaveURL(`${ACTIVITY}?parts=2`);
  await expect(entries).toHaveCount(40);
  await expect(all!).toHaveAttribute('aria-current', 'true');
  await page.goForward();
  await expect(entries).toHaveText([new RegExp(events.registered)]);
  expect(await stays()).toBe(true);
  // To another page, and back.
  await shopper.follow(shopper.side(account.title));
  await shopper.isAt('/account');
  await page.goBack();
  await shopper.isAt(ACTIVITY, activity.title);
  await expect(entries).toHaveText([new RegExp(events.registered)]);
});

test('a click that is meant for another tab opens one', async ({ page, shopper }) => {
  const { activity } = shopper.words;
  await shopper.isSignedIn(newPerson());
  await page.goto(ACTIVITY);
  await waitForHydration(page);
  const opened = page.context().waitForEvent('page');
  await page.getByRole('link', { name: activity.changes }).click({ modifiers: ['ControlOrMeta'] });
  const tab = await opened;
  await expect(tab).toHaveURL(/kind=changes$/);
  await expect(page).toHaveURL(ACTIVITY);
});

test.describe('in Russian', () => {
  test.use({ locale: 'ru-RU' });

  test('it is said how many events came', async ({ page, shopper }) => {
    const { activity } = words.ru;
    const person = newPerson();
    await shopper.isSignedIn(person);
    await signInAgain(shopper, person, 21);
    await page.goto(ACTIVITY);
    await waitForHydration(page);
    await shopper.follow(activity.older);
    await expect(status(page, count('ru', activity.more_shown, 3))).toHaveCount(1);
    await expect(days(page)).toHaveText([activity.today]);
  });
});

withAndWithoutScript(() => {
  test('events stand under their day, and an email at what it tells of', async ({ page, shopper, smtp }) => {
    const { account, activity, events } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    await smtp.emailTo(person.email, 'new-device');
    await expect(async () => {
      await page.goto(ACTIVITY);
      await expect(entriesOf(page).first()).toContainText(`${events.signed_in} · ${activity.email_sent}`, { timeout: 1_000 });
    }).toPass();
    await expect(entriesOf(page)).toHaveCount(2);
    await expect(days(page)).toHaveText([activity.today]);
    // The same on the account page.
    await page.goto('/account');
    await expect(page.getByRole('heading', { name: account.lately })).toBeVisible();
    await expect(page.locator('.events').getByRole('listitem').first()).toContainText(`${events.signed_in} · ${activity.email_sent}`);
  });

  test('what is older is reached by a link, and what is newest by another', async ({ page, shopper }) => {
    const { activity, events } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    await signInAgain(shopper, person, 21);
    await page.goto(ACTIVITY);
    await shopper.waitForHydration();
    const href = await shopper.link(activity.older).getAttribute('href');
    await page.goto(href!);
    await shopper.waitForHydration();
    await expect(entriesOf(page)).toHaveCount(3);
    await expect(entriesOf(page).last()).toContainText(events.registered);
    await shopper.follow(activity.newest);
    await expect(entriesOf(page)).toHaveCount(20);
    await expect(page).toHaveURL(ACTIVITY);
  });
});

test.describe('where it is another day already', () => {
  // More than ten hours of each day it is already the next day there.
  test.use({ timezoneId: 'Pacific/Kiritimati' });

  test('days and times are those of the reader', async ({ page, shopper }) => {
    const { activity } = shopper.words;
    await shopper.isSignedIn(newPerson());
    await page.goto(ACTIVITY);
    await waitForHydration(page);
    await expect(days(page)).toHaveText([activity.today]);
    await expect(entriesOf(page).first().getByRole('time')).toHaveText(/^\d\d:\d\d$/);
  });
});

test.describe('when the server cannot be reached', () => {
  test.use({ complaints: [/net::ERR_FAILED/] });

  test('that is said, what is there stays, and it can be tried again', async ({ page, shopper }) => {
    const { activity, ui } = shopper.words;
    await busy(shopper);
    await page.goto(ACTIVITY);
    await waitForHydration(page);
    await page.route('**/account/activity**', (route) => route.abort());
    const entries = entriesOf(page);
    await shopper.follow(activity.older);
    await expect(shopper.alert).toContainText(ui.offline);
    await page.getByRole('link', { name: activity.changes }).click();
    await expect(shopper.alert).toContainText(ui.offline);
    await expect(entries).toHaveCount(20);
    await expect(page).toHaveURL(ACTIVITY);
    await page.unroute('**/account/activity**');
    await shopper.follow(activity.older);
    await expect(entries).toHaveCount(40);
    await expect(shopper.alert).toHaveCount(0);
  });
});

test.describe('signed out meanwhile', () => {
  test.use({ complaints: [/401/] });

  test('a group leads to the sign-in screen, and on to it', async ({ page, shopper }) => {
    const { activity, events } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    await page.goto(ACTIVITY);
    await waitForHydration(page);
    const second = await shopper.newTab();
    await second.page.goto('/account');
    await second.signOut();
    await page.getByRole('link', { name: activity.changes }).click();
    await shopper.isAt('/sign-in');
    await shopper.field(shopper.words.fields.identifier).fill(person.login);
    await shopper.field(shopper.words.fields.password).fill(person.password);
    await shopper.press(shopper.words.sign_in.title);
    await shopper.isAt(ACTIVITY, activity.title);
    await expect(entriesOf(page)).toHaveText([new RegExp(events.registered)]);
  });
});
