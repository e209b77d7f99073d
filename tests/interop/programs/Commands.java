// What the Java programs around TLS libraries share: the commands of tests/interop/driver.py.
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

abstract class Commands {
    static final int LIMIT_MS = 10000;
    static final String GREETING = "interop says hello";

    abstract Map<String, Object> can() throws Exception;

    abstract Map<String, Object> client(Map<String, String> words) throws Exception;

    abstract void server(Map<String, String> words) throws Exception;

    static String json(Object o) {
        if (o instanceof String) {
            return "\"" + ((String) o).replace("\\", "\\\\").replace("\"", "'").replace("\n", " ") + "\"";
        }
        if (o instanceof List) {
            List<String> parts = new ArrayList<>();
            for (Object part : (List<?>) o) {
                parts.add(json(part));
            }
            return "[" + String.join(", ", parts) + "]";
        }
        if (o instanceof Map) {
            List<String> parts = new ArrayList<>();
            ((Map<?, ?>) o).forEach((k, v) -> parts.add(json(k) + ": " + json(v)));
            return "{" + String.join(", ", parts) + "}";
        }
        return String.valueOf(o);
    }

    static Map<String, Object> failed(Exception e) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("ok", false);
        o.put("data", false);
        o.put("error", String.valueOf(e));
        return o;
    }

    static String line(InputStream in) throws Exception {
        StringBuilder text = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            text.append((char) c);
        }
        return text.toString();
    }

    void run() throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String text = in.readLine(); text != null; text = in.readLine()) {
            Map<String, String> words = new HashMap<>();
            String[] fields = text.trim().split(" +");
            for (int i = 1; i < fields.length; i++) {
                String[] pair = fields[i].split("=", 2);
                words.put(pair[0], pair[1]);
            }
            try {
                if (fields[0].equals("can")) {
                    System.out.println(json(can()));
                } else if (fields[0].equals("client")) {
                    System.out.println(json(client(words)));
                } else {
                    server(words);
                }
            } catch (Exception e) {
                System.out.println(json(failed(e)));
            }
        }
    }
}
