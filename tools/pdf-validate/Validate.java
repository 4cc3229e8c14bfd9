import java.io.FileInputStream;
import java.io.InputStream;
import org.verapdf.core.EncryptedPdfException;
import org.verapdf.core.ModelParsingException;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Checks PDF files against profiles of veraPDF: Validate PROFILE[,PROFILE] FILE... */
public final class Validate {
    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        boolean compliant = arguments.length > 1;
        for (int i = 1; i < arguments.length; i++) {
            for (String profile : arguments[0].split(",")) {
                compliant &= check(arguments[i], PDFAFlavour.fromString(profile));
            }
        }
        System.exit(compliant ? 0 : 1);
    }

    private static boolean check(String file, PDFAFlavour flavour) throws Exception {
        try (InputStream stream = new FileInputStream(file);
                PDFAParser parser = Foundries.defaultInstance().createParser(stream, flavour);
                PDFAValidator validator =
                        Foundries.defaultInstance().createValidator(flavour, 20, false, false, false)) {
            ValidationResult result = validator.validate(parser);
            System.out.printf("%s: %s %s (%d assertions)%n", file,
                    result.isCompliant() ? "compliant with" : "FAILS", flavour, result.getTotalAssertions());
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    System.out.printf("  %s test %d: %s%n    at %s%n", assertion.getRuleId().getClause(),
                            assertion.getRuleId().getTestNumber(), assertion.getMessage(),
                            assertion.getLocation().getContext());
                }
            }
            return result.isCompliant();
        } catch (ModelParsingException | EncryptedPdfException unreadable) {
            System.out.printf("%s: FAILS, cannot be read: %s%n", file, unreadable.getMessage());
            return false;
        }
    }
}
