// Reads {name: html} from standard input, writes the list of faults that html-validate finds.
import { readFileSync } from "node:fs";
import { HtmlValidate, FileSystemConfigLoader } from "html-validate";

const pages = JSON.parse(readFileSync(0, "utf8"));
const validator = new HtmlValidate(new FileSystemConfigLoader());
const faults = [];
for (const [name, html] of Object.entries(pages)) {
  const report = await validator.validateString(html, new URL("page.html", import.meta.url).pathname);
  for (const result of report.results) {
    for (const fault of result.messages) {
      faults.push(`${name}: line ${fault.line}: ${fault.ruleId}: ${fault.message}`);
    }
  }
}
process.stdout.write(JSON.stringify(faults));
