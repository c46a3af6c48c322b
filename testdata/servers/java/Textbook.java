// The bot of the Java tutorials: DOM, a template, 500 for what throws. No bug.

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.Executors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Node;

public class Textbook {
    static final String REPLY = """
        <xml>
        <ToUserName><![CDATA[%s]]></ToUserName>
        <FromUserName><![CDATA[%s]]></FromUserName>
        <CreateTime>%d</CreateTime>
        <MsgType><![CDATA[text]]></MsgType>
        <Content><![CDATA[%s]]></Content>
        </xml>""";

    public static void main(String[] args) throws IOException {
        var address = new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv("PORT")));
        var server = HttpServer.create(address, 0);
        server.createContext("/wechat", Textbook::serve);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.start();
    }

    static void serve(HttpExchange http) throws IOException {
        var query = query(http.getRequestURI().getQuery());
        try {
            if (!signed(query)) {
                send(http, 403, "bad signature");
            } else if (http.getRequestMethod().equals("GET")) {
                send(http, 200, query.get("echostr"));
            } else {
                send(http, 200, answer(fields(http.getRequestBody())));
            }
        } catch (Exception e) {
            send(http, 500, e.toString());
        }
    }

    static String answer(Map<String, String> msg) {
        var words = "text".equals(msg.get("MsgType")) ? "你好，收到了" : "subscribe".equals(msg.get("Event")) ? "欢迎关注" : null;
        if (words == null) {
            return "success";
        }
        var seconds = System.currentTimeMillis() / 1000;
        return REPLY.formatted(msg.get("FromUserName"), msg.get("ToUserName"), seconds, words);
    }

    static boolean signed(Map<String, String> query) throws Exception {
        String[] parts = {System.getenv("TOKEN"), query.get("timestamp"), query.get("nonce")};
        Arrays.sort(parts);
        var sum = MessageDigest.getInstance("SHA-1").digest(String.join("", parts).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(sum).equals(query.get("signature"));
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
