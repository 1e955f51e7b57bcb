package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.testing.HangLimit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/** Chromium without a window, as Debian has it (packages chromium and chromium-driver). */
final class Browser implements AutoCloseable {

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private final ChromeDriver driver;
    private final String base;

    private Browser(ChromeDriver driver, String base) {
        this.driver = driver;
        this.base = base;
    }

    /** Without Chromium the test is left out, and says so; not where builds are decided on. */
    static Browser open(int port) {
        boolean there = Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER);
        if (!there) {
            String missing = "No browser: install chromium and chromium-driver. The console is NOT tested.";
            System.err.println(missing);
            assertThat(System.getenv("CI")).as(missing).isNull();
            Assumptions.abort(missing);
        }
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--lang=en-GB");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.SEVERE);
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER.toFile())
                .build();
        Browser browser = new Browser(new ChromeDriver(service, options), "http://localhost:" + port);
        browser.size(1280, 900);
        return browser;
    }

    Browser size(int width, int height) {
        driver.manage().window().setSize(new Dimension(width, height));
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        return this;
    }

    /** In another tab of the same browser, which is in front from now on. */
    Browser tab(String path) {
        driver.switchTo().newWindow(WindowType.TAB);
        return go(path);
    }

    void awaitNo(String css) {
        new WebDriverWait(driver, HangLimit.TIME)
                .until(page -> page.findElements(By.cssSelector(css)).isEmpty());
    }

    Browser go(String path) {
        driver.get(base + path);
        return this;
    }

    /** The one that is shown; waits for it. */
    WebElement find(String css) {
        return new WebDriverWait(driver, HangLimit.TIME).until(page -> {
            List<WebElement> found = page.findElements(By.cssSelector(css)).stream()
                    .filter(WebElement::isDisplayed)
                    .toList();
            return found.isEmpty() ? null : found.get(0);
        });
    }

    WebElement button(String text) {
        return byText("button", text);
    }

    WebElement link(String text) {
        return byText("a", text);
    }

    private WebElement byText(String tag, String text) {
        By by = By.xpath("//%s[normalize-space(.)='%s']".formatted(tag, text));
        return new WebDriverWait(driver, HangLimit.TIME).until(page -> page.findElements(by).stream()
                .filter(WebElement::isDisplayed)
                .findFirst()
                .orElse(null));
    }

    List<String> texts(String css) {
        return driver.findElements(By.cssSelector(css)).stream()
                .map(element -> element.getText().strip())
                .toList();
    }

    void awaitText(String css, String text) {
        new WebDriverWait(driver, HangLimit.TIME)
                .ignoring(StaleElementReferenceException.class)
                .until(page -> texts(css).stream().anyMatch(found -> found.contains(text)));
    }

    void awaitUrl(String end) {
        new WebDriverWait(driver, HangLimit.TIME).until(page -> url().endsWith(end));
    }

    String url() {
        return driver.getCurrentUrl();
    }

    Object script(String code, Object... arguments) {
        return ((JavascriptExecutor) driver).executeScript(code, arguments);
    }

    void awaitFocus(String css) {
        new WebDriverWait(driver, HangLimit.TIME)
                .ignoring(StaleElementReferenceException.class)
                .until(page -> (Boolean) script("return document.activeElement.matches(arguments[0])", css));
    }

    WebElement focused() {
        return driver.switchTo().activeElement();
    }

    /** What the console of the browser complains of. */
    List<String> errors() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .toList();
    }

    Path screenshot(String name) {
        try {
            Path file =
                    Files.createDirectories(Path.of("target", "screenshots")).resolve(name + ".png");
            return Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        driver.quit();
    }
}
