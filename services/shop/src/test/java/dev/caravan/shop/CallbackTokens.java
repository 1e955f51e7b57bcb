package dev.caravan.shop;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs the name of a step as the shop does, for who knows its secret. */
final class CallbackTokens {

    private static final int SIGNATURE = 16;

    private CallbackTokens() {}

    static String sign(String secretFile, String sagaId, String step) throws Exception {
        byte[] secret = Files.readString(Path.of(secretFile)).trim().getBytes(StandardCharsets.UTF_8);
        byte[] content = (sagaId + "\n" + step).getBytes(StandardCharsets.UTF_8);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        ByteArrayOutputStream token = new ByteArrayOutputStream();
        token.write(mac.doFinal(content), 0, SIGNATURE);
        token.writeBytes(content);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token.toByteArray());
    }
}
