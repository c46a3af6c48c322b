// A bot for safe mode on Java's own AES: opens the envelope, answers in one. No bug.

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.Executors;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Node;

public class TextbookSafe {
    static final String TOKEN = System.getenv("TOKEN");
    static final byte[] APPID = System.getenv("APPID").getBytes(StandardCharsets.UTF_8);
    static final byte[] KEY = Base64.getDecoder().decode(System.getenv("AES_KEY") + "=");

    public static void main(String[] args) throws IOException {
        var address = new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv("PORT")));
        var server = HttpServer.create(address, 0);
        server.createContext("/wechat", TextbookSafe::serve);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.start();
    }

    static void serve(HttpExchange http) throws IOException {
        var query = query(http.getRequestURI().getQuery());
        try {
            if (!sign(TOKEN, query.get("timestamp"), query.get("nonce")).equals(query.get("signature"))) {
                send(http, 403, "bad signature");
            } else if (http.getRequestMethod().equals("GET")) {
                send(http, 200, query.get("echostr"));
            } else {
                send(http, 200, answer(http.getRequestBody(), query));
            }
        } catch (Exception e) {
            send(http, 500, e.toString());
        }
    }

    static String answer(InputStream body, Map<String, String> query) throws Exception {
        var encrypted = fields(body).getOrDefault("Encrypt", "");
        if (!sign(TOKEN, query.get("timestamp"), query.get("nonce"), encrypted).equals(query.get("msg_signature"))) {
            throw new SecurityException("bad msg_signature");
        }
        var msg = fields(new ByteArrayInputStream(open(encrypted)));
        if (!"text".equals(msg.get("MsgType"))) {
            return "success";
        }
        var now = String.valueOf(System.currentTimeMillis() / 1000);
        var reply = seal("""
            <xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName>
            <CreateTime>%s</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好，收到了]]></Content></xml>"""
            .formatted(msg.get("FromUserName"), msg.get("ToUserName"), now));
        return """
            <xml><Encrypt><![CDATA[%s]]></Encrypt><MsgSignature><![CDATA[%s]]></MsgSignature>
            <TimeStamp>%s</TimeStamp><Nonce><![CDATA[%s]]></Nonce></xml>"""
            .formatted(reply, sign(TOKEN, now, query.get("nonce"), reply), now, query.get("nonce"));
    }

    static byte[] open(String encrypted) throws Exception {
        var padded = aes(Cipher.DECRYPT_MODE, Base64.getDecoder().decode(encrypted));
        int end = padded.length - padded[padded.length - 1]; // padded to 32 bytes, which PKCS5Padding does not take off
        int length = ByteBuffer.wrap(padded, 16, 4).getInt();
        if (!Arrays.equals(Arrays.copyOfRange(padded, 20 + length, end), APPID)) {
            throw new SecurityException("another AppID");
        }
        return Arrays.copyOfRange(padded, 20, 20 + length);
    }

    static String seal(String reply) throws Exception {
        var message = reply.getBytes(StandardCharsets.UTF_8);
        var random = new byte[16];
        new SecureRandom().nextBytes(random);
        int length = 20 + message.length + APPID.length;
        var padding = new byte[32 - length % 32];
        Arrays.fill(padding, (byte) padding.length);
        var plain = ByteBuffer.allocate(length + padding.length);
        plain.put(random).putInt(message.length).put(message).put(APPID).put(padding);
        return Base64.getEncoder().encodeToString(aes(Cipher.ENCRYPT_MODE, plain.array()));
    }

    static byte[] aes(int mode, byte[] data) throws Exception {
        var cipher = Cipher.getInstance("AES/CBC/NoPadding");
        cipher.init(mode, new SecretKeySpec(KEY, "AES"), new IvParameterSpec(KEY, 0, 16));
        return cipher.doFinal(data);
    }

    static String sign(String... parts) throws Exception {
        Arrays.sort(parts);
        var sum = MessageDigest.getInstance("SHA-1").digest(String.join("", parts).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(sum);
    }

    static Map<String, String> fields(InputStream body) throws Exception {
        var fields = new HashMap<String, String>();
        var root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(body).getDocumentElement();
        for (Node n = root.getFirstChild(); n != null; n = n.getNextSibling()) {
            fields.put(n.getNodeName(), n.getTextContent());
        }
        return fields;
    }

    static Map<String, String> query(String text) {
        var query = new HashMap<String, String>();
        for (var pair : text.split("&")) {
            var parts = pair.split("=", 2);
            query.put(parts[0], parts.length == 2 ? parts[1] : "");
        }
        return query;
    }

    static void send(HttpExchange http, int status, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        http.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        http.sendResponseHeaders(status, bytes.length);
        http.getResponseBody().write(bytes);
        http.close();
    }
}
