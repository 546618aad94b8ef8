// The devices of a user: naming them, and signing them out, in place and without script.
import type { Locator, Page } from '@playwright/test';
import { withAndWithoutScript } from '../fixtures/variants';
import { newPerson } from '../fixtures/person';
import type { Shopper } from '../fixtures/shopper';
import { waitForHydration } from '../fixtures/slider';
import { expect, test } from '../fixtures/test';

const firefoxOnWindows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0';
const safariOnIPhone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';

/** One row of the list. */
class Row {
  constructor(
    private readonly shopper: Shopper,
    readonly element: Locator,
  ) {}

  /** The element that opens the form for the name. */
  get rename(): Locator {
    return this.element.getByText(this.shopper.words.devices.rename, { exact: true });
  }

  get name(): Locator {
    return this.element.getByLabel(this.shopper.words.devices.name, { exact: true });
  }

  get save(): Locator {
    return this.element.getByRole('button', { name: this.shopper.words.password.save, exact: true });
  }

  get signOut(): Locator {
    return this.element.getByRole('button', { name: this.shopper.words.account.sign_out, exact: true });
  }

  async call(name: string): Promise<void> {
    if (!(await this.name.isVisible())) await this.shopper.press(this.rename);
    await this.name.fill(name);
    await this.shopper.press(this.save);
  }
}

/** Returns all rows: this browser's first, then by last use. */
function rows(shopper: Shopper): Locator {
  return shopper.page.getByRole('main').getByRole('listitem').filter({ hasText: shopper.words.devices.since });
}

/** Returns the row of a browser, which is shown whatever the device is called. */
function row(shopper: Shopper, browser: string): Row {
  return new Row(shopper, rows(shopper).filter({ hasText: browser }));
}

/** Marks the page; the returned function reports whether it was not loaded again since. */
async function mark(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => Object.assign(window, { mark: true }));
  return () => page.evaluate(() => 'mark' in window);
}

withAndWithoutScript(() => {
  test('a device is given a name, which is told wherever it stands, and loses it', async ({ page, shopper, another }) => {
    const { devices } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    const other = await another({ userAgent: firefoxOnWindows });
    await other.signIn(person);
    await other.isAt('/account');
    await page.goto('/account/devices');
    await shopper.waitForHydration();
    const firefox = row(shopper, 'Firefox, Windows');
    await expect(firefox.signOut).toHaveAccessibleDescription('Firefox, Windows');
    await expect(firefox.name).toBeHidden();
    // The picture is decoration: a screen reader reads the name of the browser.
    await expect(firefox.element.getByRole('img')).toHaveCount(0);

    await firefox.call('  Work   laptop ');
    await expect(shopper.notice(devices.named)).toBeVisible();
    await expect(firefox.element).toContainText('Work laptop');
    await expect(firefox.name).toBeHidden();
    await expect(firefox.signOut).toHaveAccessibleDescription('Work laptop');
    await expect(row(shopper, devices.this_one).element).not.toContainText('Work laptop');
    await page.reload();
    await expect(firefox.element).toContainText('Work laptop');
    await expect(shopper.notice(devices.named)).toHaveCount(0);

    await other.page.goto('/account/devices');
    const own = new Row(other, rows(other).first());
    await expect(own.element).toContainText('Work laptop');
    await expect(own.element).toContainText(other.words.devices.this_one);
    await other.waitForHydration();
    await other.press(own.rename);
    await expect(own.name).toHaveValue('Work laptop');
    await own.call('');
    await expect(other.notice(other.words.devices.unnamed)).toBeVisible();
    await expect(own.element).not.toContainText('Work laptop');
    await expect(own.element).toContainText('Firefox, Windows');
  });

  test('a name that is too long comes back with the reason', async ({ page, shopper }) => {
    const { devices, errors } = shopper.words;
    await shopper.isSignedIn(newPerson());
    await page.goto('/account/devices');
    await shopper.waitForHydration();
    const own = row(shopper, devices.this_one);
    const long = 'x'.repeat(41);
    await own.call(long);
    await expect(own.name).toHaveAccessibleDescription(new RegExp(errors.device_name_too_long));
    await expect(own.name).toHaveAttribute('aria-invalid', 'true');
    await expect(own.name).toBeFocused();
    await expect(own.name).toHaveValue(long);
    await own.call('x'.repeat(40));
    await expect(shopper.notice(devices.named)).toBeVisible();
    await expect(own.element).toContainText('x'.repeat(40));
  });

  test('devices in use are told as such', async ({ page, shopper, another }) => {
    const { devices } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    const other = await another({ userAgent: safariOnIPhone });
    await other.signIn(person);
    await other.isAt('/account');
    await page.goto('/account/devices');
    await expect(rows(shopper)).toHaveCount(2);
    for (const listed of await rows(shopper).all()) {
      await expect(listed).toContainText(devices.active_now);
      await expect(listed).not.toContainText(devices.last_seen);
    }
  });
});

for (const locale of ['en-GB', 'ru-RU']) {
  test.describe(`in place, ${locale}`, () => {
    test.use({ locale });

    test('a device is named by keyboard, and the page stays', async ({ page, shopper }) => {
      const { devices } = shopper.words;
      await shopper.isSignedIn(newPerson());
      await page.goto('/account/devices');
      await waitForHydration(page);
      const stays = await mark(page);
      const own = row(shopper, devices.this_one);
      await own.rename.focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      await expect(own.name).toBeFocused();
      await page.keyboard.type('Kitchen tablet');
      await page.keyboard.press('Enter');
      await expect(shopper.notice(devices.named)).toBeVisible();
      await expect(own.element).toContainText('Kitchen tablet');
      await expect(own.name).toBeHidden();
      await expect(own.rename).toBeFocused();
      expect(await stays()).toBe(true);
    });

    test('devices leave the list one by one and all together, and the page stays', async ({ page, shopper, another }) => {
      const { devices } = shopper.words;
      const person = newPerson();
      await shopper.isSignedIn(person);
      for (const userAgent of [undefined, firefoxOnWindows, safariOnIPhone]) {
        const other = await another(userAgent ? { userAgent } : {});
        await other.signIn(person);
        await other.isAt('/account');
      }
      await page.goto('/account/devices');
      await waitForHydration(page);
      const stays = await mark(page);
      const main = page.getByRole('main');
      await expect(rows(shopper)).toHaveCount(4);
      await expect(main).toContainText(`${devices.others} 3`);

      const firefox = row(shopper, 'Firefox, Windows');
      await firefox.signOut.focus();
      await page.keyboard.press('Enter');
      await expect(shopper.notice(devices.signed_out)).toBeVisible();
      await expect(firefox.element).toHaveCount(0);
      await expect(rows(shopper)).toHaveCount(3);
      await expect(main).toContainText(`${devices.others} 2`);
      // The focus moves to the next row, where another Enter signs nothing out.
      const next = new Row(shopper, rows(shopper).last());
      await expect(next.rename).toBeFocused();
      await page.keyboard.press('Enter');
      await expect(next.name).toBeVisible();
      await expect(rows(shopper)).toHaveCount(3);

      await shopper.press(devices.end_others);
      await expect(shopper.notice(devices.others_signed_out)).toBeVisible();
      await expect(rows(shopper)).toHaveCount(1);
      await expect(shopper.button(devices.end_others)).toHaveCount(0);
      await expect(main).not.toContainText(devices.others);
      await expect(row(shopper, devices.this_one).rename).toBeFocused();
      expect(await stays()).toBe(true);
      await page.reload();
      await expect(rows(shopper)).toHaveCount(1);
    });

    test('one that was signed out in another tab leaves with the reason', async ({ page, shopper, another }) => {
      const { devices, errors } = shopper.words;
      const person = newPerson();
      await shopper.isSignedIn(person);
      const other = await another({ userAgent: firefoxOnWindows });
      await other.signIn(person);
      await other.isAt('/account');
      await page.goto('/account/devices');
      await waitForHydration(page);
      const tab = await shopper.newTab();
      await tab.page.goto('/account/devices');
      await waitForHydration(tab.page);
      await tab.press(row(tab, 'Firefox, Windows').signOut);
      await expect(tab.notice(devices.signed_out)).toBeVisible();

      const stays = await mark(page);
      await shopper.press(row(shopper, 'Firefox, Windows').signOut);
      await expect(shopper.alert.filter({ hasText: errors.session_gone })).toBeVisible();
      await expect(rows(shopper)).toHaveCount(1);
      expect(await stays()).toBe(true);
    });
  });
}

test.describe('what does not come', () => {
  // The browser's errors for blocked requests.
  test.use({ complaints: [/net::ERR_FAILED|Failed to fetch|integrity|preload/] });

  test('a device that could not be signed out stays, and says why', async ({ page, shopper, another }) => {
    const { devices, ui } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    const other = await another({ userAgent: firefoxOnWindows });
    await other.signIn(person);
    await other.isAt('/account');
    await page.goto('/account/devices');
    await waitForHydration(page);
    await page.route('**/api/end_session', (route) => route.abort());
    const firefox = row(shopper, 'Firefox, Windows');
    await shopper.press(firefox.signOut);
    await expect(firefox.element.getByRole('alert')).toContainText(ui.offline);
    await page.unroute('**/api/end_session');
    await shopper.press(firefox.signOut);
    await expect(shopper.notice(devices.signed_out)).toBeVisible();
    await expect(firefox.element).toHaveCount(0);
  });

  test('without WebAssembly the forms work as without script', async ({ page, shopper, another }) => {
    const { devices } = shopper.words;
    await page.route('**/*.wasm', (route) => route.abort());
    const person = newPerson();
    await shopper.isSignedIn(person);
    const other = await another({ userAgent: firefoxOnWindows });
    await other.signIn(person);
    await other.isAt('/account');
    await page.goto('/account/devices');
    const firefox = row(shopper, 'Firefox, Windows');
    await firefox.call('Old laptop');
    await expect(shopper.notice(devices.named)).toBeVisible();
    await expect(firefox.element).toContainText('Old laptop');
    await shopper.press(firefox.signOut);
    await expect(shopper.notice(devices.signed_out)).toBeVisible();
    await expect(rows(shopper)).toHaveCount(1);
  });
});
