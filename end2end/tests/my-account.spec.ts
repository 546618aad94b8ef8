// What a signed-in user sees of the account, page by page: the hub, the devices, the letters, the activity. The steps
// of DESIGN §1 are in steps.spec.ts.
import { entriesOf } from '../fixtures/activity';
import { withAndWithoutScript } from '../fixtures/variants';
import { newPerson } from '../fixtures/person';
import { expect, test } from '../fixtures/test';
import { beginning, count, say, words } from '../fixtures/words';

const firefoxOnWindows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0';

withAndWithoutScript(() => {
  test('the hub says who one is, how safe the account is, and leads everywhere', async ({ page, shopper, another }) => {
    const { account, activity, code, devices, events, password, profile, saved_passwords, settings } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    const main = page.getByRole('main');
    await shopper.isAt('/account', say(account.hello, { name: person.login }));
    await expect(main).toContainText(person.email);
    await expect(main).toContainText(say(account.address_confirmed, { address: person.email }));
    await expect(main).toContainText(beginning(account.password_changed));
    await expect(main).toContainText(count(shopper.language, account.devices, 1));
    await expect(main).toContainText(account.choose_zone);
    await expect(main).toContainText(account.saved_passwords);
    await expect(entriesOf(page).filter({ hasText: events.signed_in })).toHaveCount(1);

    const elsewhere = await another();
    await elsewhere.signIn(person);
    await elsewhere.isAt('/account');
    await page.reload();
    await expect(main).toContainText(count(shopper.language, account.devices, 2));

    for (const [link, path, heading] of [
      [shopper.side(profile.title), '/account/profile', profile.title],
      [shopper.side(devices.title), '/account/devices', devices.title],
      [shopper.side(activity.title), '/account/activity', activity.title],
      [shopper.side(saved_passwords.title), '/account/saved-passwords', saved_passwords.title],
      [shopper.side(settings.title), '/account/settings', settings.title],
      // The next action is next to the information.
      [shopper.link(account.open_profile), '/account/profile', profile.title],
      [shopper.link(code.change), '/account/confirm', shopper.words.confirm.title],
      [shopper.link(password.title), '/account/profile/password', password.title],
      [shopper.link(account.see_devices), '/account/devices', devices.title],
      [shopper.link(account.choose_zone_link), '/account/profile', profile.title],
      [shopper.link(account.all_activity), '/account/activity', activity.title],
    ] as const) {
      await page.goto('/account');
      await shopper.follow(link);
      await shopper.isAt(path, heading);
    }
    await page.goto('/account/settings');
    await expect(shopper.side(settings.title)).toHaveAttribute('aria-current', 'page');
    await expect(shopper.side(profile.title)).not.toHaveAttribute('aria-current');
  });

  test('devices: sign out one, sign out everywhere else', async ({ page, shopper, another, smtp }) => {
    const { account, devices } = shopper.words;
    const person = newPerson();
    const listed = page.getByRole('main').getByRole('listitem').filter({ hasText: devices.since });
    await shopper.isSignedIn(person);
    await page.goto('/account/devices');
    await expect(listed).toHaveCount(1);
    await expect(shopper.button(devices.end_others)).toHaveCount(0);

    const others = [];
    for (const userAgent of [firefoxOnWindows, undefined, undefined]) {
      const other = await another(userAgent ? { userAgent } : {});
      await other.signIn(person);
      await other.isAt('/account');
      others.push(other);
    }
    await page.reload();
    await expect(listed).toHaveCount(4);
    // This device comes first, is marked, and is signed out in the menu, as on all other pages.
    await expect(listed.first()).toContainText('Chrome, Linux');
    await expect(listed.first()).toContainText(devices.this_one);
    await expect(listed.filter({ hasText: devices.this_one })).toHaveCount(1);
    await expect(listed.first().getByRole('button')).toHaveCount(0);

    const strange = listed.filter({ hasText: 'Firefox, Windows' });
    const end = strange.getByRole('button', { name: account.sign_out, exact: true });
    // Screen readers are told which device it ends.
    await expect(end).toHaveAccessibleDescription('Firefox, Windows');
    await shopper.press(end);
    await expect(shopper.notice(devices.signed_out)).toBeVisible();
    await expect(listed).toHaveCount(3);
    const [firefox, ...rest] = others;
    await firefox!.page.goto('/account');
    await expect(firefox!.page).toHaveURL('/sign-in?next=%2Faccount');
    for (const other of rest) {
      await other.page.goto('/account');
      await other.isAt('/account');
    }

    await shopper.press(devices.end_others);
    await expect(shopper.notice(devices.others_signed_out)).toBeVisible();
    await expect(listed).toHaveCount(1);
    for (const other of rest) {
      await other.page.goto('/account');
      await expect(other.page).toHaveURL('/sign-in?next=%2Faccount');
    }
    await page.goto('/account');
    await shopper.isAt('/account');

    // An email was sent for each new browser, and none for one that comes back.
    await firefox!.signIn(person);
    await firefox!.isAt('/account');
    for (let browser = 0; browser < 4; browser += 1) await smtp.emailTo(person.email, 'new-device');
    expect(smtp.kindsTo(person.email)).toEqual(Array(4).fill('new-device'));
  });

  test('letters: some are a matter of choice', async ({ page, shopper, another, smtp }) => {
    const { password, profile, settings } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    await shopper.follow(shopper.side(settings.title));
    await shopper.follow(settings.letters_title);
    await shopper.isAt('/account/settings/letters', settings.letters_title);
    await shopper.waitForHydration();
    // The emails that keep the account safe are listed, and cannot be turned off.
    const choice = shopper.script ? 'switch' : 'checkbox';
    await expect(page.getByRole(choice)).toHaveCount(2);
    for (const always of [settings.always_codes, settings.always_password, settings.always_device, settings.always_address, settings.always_data]) {
      await expect(page.getByRole('listitem').filter({ hasText: always })).toBeVisible();
    }
    const inUse = page.getByRole(choice, { name: settings.letter_in_use });
    const signedIn = page.getByRole(choice, { name: settings.letter_signed_in });
    await expect(inUse).toBeChecked();
    await expect(signedIn).not.toBeChecked();
    const second = await shopper.newTab();
    await second.page.goto('/account/settings/letters');
    await second.waitForHydration();
    await inUse.uncheck();
    await signedIn.check();
    if (shopper.script) {
      await expect(shopper.notice(say(settings.letter_on, { name: settings.letter_signed_in }))).toBeVisible();
    } else {
      await shopper.press(password.save);
      await expect(shopper.notice(profile.saved)).toBeVisible();
    }
    await page.reload();
    await shopper.waitForHydration();
    await expect(inUse).not.toBeChecked();
    await expect(signedIn).toBeChecked();
    // A tab that was open before does not undo it silently.
    if (shopper.script) {
      await second.page.getByRole('switch', { name: settings.letter_signed_in }).click();
      await expect(second.alert).toContainText(settings.letters_elsewhere);
      await second.page.close();
    } else {
      await second.press(password.save);
      await expect(second.alert).toContainText(shopper.words.errors.changed_elsewhere);
    }

    const stranger = await another();
    await stranger.startRegistration({ ...newPerson(), email: person.email });
    await page.goto('/account');
    await shopper.signOut();
    await shopper.signIn(person);
    await shopper.isAt('/account');
    await smtp.emailTo(person.email, 'signed-in');
    expect(smtp.kindsTo(person.email)).toEqual(['new-device', 'signed-in']);
  });

  test('activity: newest first, part by part, filtered by kind', async ({ page, shopper, smtp }) => {
    const { account, activity, events, email_names, password, profile, settings } = shopper.words;
    const person = newPerson();
    const entries = entriesOf(page);
    const filter = page.getByRole('navigation', { name: activity.filter });
    const show = async (group: string) => {
      await shopper.follow(filter.getByRole('link', { name: group }));
      await expect(filter.getByRole('link', { name: group })).toHaveAttribute('aria-current', 'true');
    };
    await shopper.isSignedIn(person);
    for (let time = 0; time < 11; time += 1) {
      await shopper.signOut();
      await shopper.signIn(person);
      await shopper.isAt('/account');
    }
    await smtp.emailTo(person.email, 'new-device');
    await page.goto('/account/settings/letters');
    await shopper.waitForHydration();
    await page.getByRole(shopper.script ? 'switch' : 'checkbox', { name: settings.letter_in_use }).uncheck();
    if (shopper.script) {
      await expect(shopper.notice(say(settings.letter_off, { name: settings.letter_in_use }))).toBeVisible();
    } else {
      await shopper.press(password.save);
      await expect(shopper.notice(profile.saved)).toBeVisible();
    }
    await shopper.follow(shopper.side(activity.title));
    await shopper.isAt('/account/activity', activity.title);
    await shopper.waitForHydration();
    await expect(entries).toHaveCount(20);
    await expect(entries.first()).toContainText(events.letters_chosen);
    await expect(entries.nth(1)).toContainText(events.signed_in);
    await expect(entries.nth(2)).toContainText(events.signed_out);
    await expect(entries.nth(1)).toContainText('Chrome, Linux');

    // Older events: below with script, on a page of its own without.
    await shopper.follow(activity.older);
    await expect(entries.last()).toContainText(events.registered);
    await expect(shopper.link(activity.older)).toHaveCount(0);
    if (!shopper.script) {
      await expect(page).toHaveURL(/before=/);
      await shopper.follow(activity.newest);
    }
    await expect(entries.first()).toContainText(events.letters_chosen);

    // By kind; older parts are of that kind, too.
    await show(activity.sign_ins);
    await expect(page).toHaveURL(/kind=sign-ins$/);
    await expect(entries.first()).toContainText(events.signed_in);
    await expect(entries).toHaveCount(20);
    await shopper.follow(activity.older);
    await expect(entries).toHaveCount(shopper.script ? 23 : 3);
    await expect(page).toHaveURL(shopper.script ? /kind=sign-ins&parts=2$/ : /kind=sign-ins&before=/);
    await expect(entries.last()).toContainText(events.signed_in);
    // The email of the first sign-in is shown with it.
    await expect(entries.last()).toContainText(activity.email_sent);
    await show(activity.changes);
    await expect(entries).toHaveText([new RegExp(events.letters_chosen), new RegExp(events.registered)]);
    await show(activity.letters);
    await expect(entries).toHaveText([new RegExp(say(events.letter_sent, { letter: email_names.new_device }))]);
    await show(activity.recovery);
    await expect(page.getByRole('main')).toContainText(activity.empty);
    await expect(page.getByRole('main')).not.toContainText(account.lately);
    await expect(shopper.side(settings.title)).toBeVisible();
  });
});

test.describe('a Russian reader', () => {
  test.use({ locale: 'ru-RU' });

  for (const javaScriptEnabled of [true, false]) {
    test.describe(javaScriptEnabled ? 'with script' : 'without script', () => {
      test.use({ javaScriptEnabled });

      test('reads what happened, and when, in Russian', async ({ page, shopper, smtp }) => {
        const { activity, events, months, units } = words.ru;
        const person = newPerson();
        await shopper.register(person);
        await smtp.emailTo(person.email, 'welcome');
        await shopper.signOut();
        await shopper.signIn(person, 'not the password');
        await expect(shopper.alert).toBeVisible();
        await shopper.signIn(person);
        await shopper.isAt('/account');
        await page.goto('/account/activity');
        await shopper.isAt('/account/activity', activity.title);
        await shopper.waitForHydration();
        const today = page.getByRole('heading', { level: 2, name: activity.today });
        await expect(today).toBeVisible();
        const time = new RegExp(`\\d\\d:\\d\\d${javaScriptEnabled ? '$' : ' UTC'}`);
        for (const what of [
          `${events.registered} · ${activity.email_sent}`,
          events.signed_out,
          events.sign_in_refused,
          events.signed_in,
        ]) {
          const entry = entriesOf(page).filter({ has: page.getByText(what, { exact: true }) });
          await expect(entry.first()).toContainText(time);
        }
        await page.goto('/account');
        await shopper.waitForHydration();
        const month = `(${Object.values(months).join('|')})`;
        // With script in the browser's format, otherwise in the server's.
        const date = javaScriptEnabled ? `\\d ${month} \\d{4}` : say(units.date, { day: '\\d', month, year: '\\d{4}' });
        const dated = new RegExp(`${date}.* \\d\\d:\\d\\d${javaScriptEnabled ? '' : ' UTC'}`);
        await expect(entriesOf(page).filter({ hasText: events.sign_in_refused }).first()).toContainText(dated);
        await page.goto('/account/activity');
        await shopper.waitForHydration();
        // Nothing but names is left in English.
        const text = (await page.getByRole('main').innerText()).replaceAll('Chrome, Linux', '').replaceAll('UTC', '');
        expect(text).not.toMatch(/[a-z]{2,}/i);
      });
    });
  }
});
