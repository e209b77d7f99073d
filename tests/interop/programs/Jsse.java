// Java's own TLS (JSSE), everything it still has enabled, behind the commands of tests/interop/driver.py.
import java.io.FileInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

public class Jsse extends Commands {
    static final char[] NONE = "interop".toCharArray();
    static final String[][] VERSIONS = {{"ssl3", "SSLv3"}, {"tls1.0", "TLSv1"}, {"tls1.1", "TLSv1.1"},
        {"tls1.2", "TLSv1.2"}, {"tls1.3", "TLSv1.3"}};
    static Map<String, Integer> codes = new HashMap<>(); // names as JSSE has them, in commands as numbers

    // ---- what there is

    @Override
    Map<String, Object> can() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, null, null);
        SSLParameters all = context.getSupportedSSLParameters();
        List<Object> suites = new ArrayList<>();
        suites.addAll(codes.values());
        List<Object> versions = new ArrayList<>();
        for (String[] v : VERSIONS) {
            if (List.of(all.getProtocols()).contains(v[1])) {
                versions.add(v[0]);
            }
        }
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("title", "Java " + System.getProperty("java.version"));
        o.put("versions", versions);
        o.put("suites", suites);
        o.put("groups", List.of("secp256r1", "secp384r1", "secp521r1", "x25519", "x448", "ffdhe2048",
            "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192"));
        o.put("certs", List.of("rsa", "rsa-pss", "p256", "p384", "p521", "ed25519", "ed448", "dsa", "ecdh-rsa",
            "ecdh-ecdsa"));
        // 0x0011: its trust manager does not know the name; 0x0017: its server takes 2048 bits
        o.put("client_lacks", List.of(0x0011));
        o.put("server_lacks", List.of(0x0017));
        o.put("client", List.of("any-group", "key-update", "legacy-resume", "retry"));
        o.put("features", List.of("alpn", "client-cert", "ems", "resume-id", "resume-ticket", "verify",
            "renegotiate-client", "renegotiate-server", "ssl2-hello"));
        return o;
    }

    // ---- keys

    static List<X509Certificate> certificates(String path) throws Exception {
        List<X509Certificate> found = new ArrayList<>();
        try (InputStream in = new FileInputStream(path)) {
            for (Certificate c : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                found.add((X509Certificate) c);
            }
        }
        return found;
    }

    static PrivateKey key(String path, String algorithm) throws Exception {
        String pem = Files.readString(Paths.get(path));
        byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]*-----", ""));
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    static SSLContext context(Map<String, String> words) throws Exception {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, NONE);
        for (X509Certificate c : certificates(words.get("ca"))) {
            trust.setCertificateEntry("ca" + trust.size(), c);
        }
        TrustManagerFactory tmf = TrustManagerFactory.getInstance("PKIX");
        tmf.init(trust);
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, NONE);
        if (words.containsKey("cert")) {
            List<X509Certificate> chain = certificates(words.get("cert"));
            PrivateKey key = key(words.get("key"), chain.get(0).getPublicKey().getAlgorithm());
            own.setKeyEntry("own", key, NONE, chain.toArray(new X509Certificate[0]));
        }
        KeyManagerFactory kmf = KeyManagerFactory.getInstance("NewSunX509");
        kmf.init(own, NONE);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(kmf.getKeyManagers(), tmf.getTrustManagers(), null);
        return context;
    }

    static SSLParameters parameters(Map<String, String> words, boolean server) throws Exception {
        SSLParameters p = new SSLParameters();
        int suite = Integer.decode(words.get("suite"));
        for (Map.Entry<String, Integer> e : codes.entrySet()) {
            if (e.getValue() == suite) {
                p.setCipherSuites(new String[] {e.getKey()});
            }
        }
        for (String[] v : VERSIONS) {
            if (v[0].equals(words.get("version"))) {
                p.setProtocols(words.containsKey("ssl2_hello") ? new String[] {"SSLv2Hello", v[1]}
                                                               : new String[] {v[1]});
            }
        }
        if (words.containsKey("alpn")) {
            p.setApplicationProtocols(words.get("alpn").split(","));
        }
        if (!server) {
            p.setServerNames(List.of(new SNIHostName(words.get("name"))));
        }
        if (server && "require".equals(words.get("auth"))) {
            p.setNeedClientAuth(true);
        }
        return p;
    }

    // ---- connections

    static Map<String, Object> describe(SSLSocket s, long before) {
        SSLSession session = s.getSession();
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("ok", false);
        o.put("data", false);
        for (String[] v : VERSIONS) {
            if (v[1].equals(session.getProtocol())) {
                o.put("version", v[0]);
            }
        }
        o.put("suite", codes.getOrDefault(session.getCipherSuite(), 0));
        o.put("resumed", session.getCreationTime() < before ? "yes" : "");
        String alpn = s.getApplicationProtocol();
        o.put("alpn", alpn == null ? "" : alpn);
        return o;
    }

    static boolean again(String name, Map<String, String> words, String role) {
        return role.equals(words.get(name));
    }

    static Map<String, Object> connect(SSLContext context, Map<String, String> words) {
        Map<String, Object> o;
        long before = System.currentTimeMillis();
        try (Socket raw = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(words.get("port")))) {
            raw.setSoTimeout(LIMIT_MS);
            SSLSocket s = (SSLSocket) context.getSocketFactory().createSocket(raw, words.get("name"),
                raw.getPort(), true);
            SSLParameters p = parameters(words, false);
            String suite = p.getCipherSuites()[0];
            p.setEndpointIdentificationAlgorithm(suite.contains("_anon_") ? null : "HTTPS");
            s.setSSLParameters(p);
            s.startHandshake();
            o = describe(s, before);
            if (again("renegotiate", words, "client") || words.containsKey("key_update")) {
                s.startHandshake(); // in TLS 1.3: new keys
            }
            s.getOutputStream().write((GREETING + "\n").getBytes());
            boolean data = line(s.getInputStream()).equals(GREETING);
            o.put("data", data);
            s.shutdownOutput();
            while (s.getInputStream().read() >= 0) {
                continue;
            }
            s.close();
            o.put("ok", data);
        } catch (Exception e) {
            o = failed(e);
        }
        return o;
    }

    @Override
    Map<String, Object> client(Map<String, String> words) throws Exception {
        SSLContext context = context(words);
        Map<String, Object> o = connect(context, words);
        if (words.containsKey("resume") && Boolean.TRUE.equals(o.get("ok"))) {
            Thread.sleep(5); // a session's age counts in milliseconds
            o = connect(context, words);
        }
        return o;
    }

    static Map<String, Object> serve(SSLServerSocket listener, Map<String, String> words) {
        Map<String, Object> o;
        long before = System.currentTimeMillis();
        try (SSLSocket s = (SSLSocket) listener.accept()) {
            s.setSoTimeout(LIMIT_MS);
            s.startHandshake();
            o = describe(s, before);
            if (again("renegotiate", words, "server")) {
                s.startHandshake();
            }
            if ("require".equals(words.get("auth"))) {
                o.put("client_cert", s.getSession().getPeerCertificates().length > 0);
            }
            OutputStream out = s.getOutputStream();
            for (String text = line(s.getInputStream()); !text.isEmpty(); text = line(s.getInputStream())) {
                o.put("data", text.equals(GREETING));
                out.write((text + "\n").getBytes());
            }
            o.put("ok", true);
        } catch (Exception e) {
            o = failed(e);
        }
        return o;
    }

    @Override
    void server(Map<String, String> words) throws Exception {
        SSLContext context = context(words);
        try (SSLServerSocket listener = (SSLServerSocket) context.getServerSocketFactory()
                .createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            listener.setSoTimeout(LIMIT_MS);
            listener.setSSLParameters(parameters(words, true));
            System.out.println("{\"port\": " + listener.getLocalPort() + "}");
            for (int left = Integer.parseInt(words.get("accepts")); left > 0; left--) {
                System.out.println(json(serve(listener, words)));
            }
        }
    }

    public static void main(String[] args) throws Exception {
        for (String rule : new String[] {"jdk.tls.disabledAlgorithms", "jdk.tls.legacyAlgorithms",
            "jdk.certpath.disabledAlgorithms"}) {
            Security.setProperty(rule, "");
        }
        // The argument is a file of NAME=CODE. JSSE calls the suites of SSL 3.0 by their old names.
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, null, null);
        List<String> supported = List.of(context.getSupportedSSLParameters().getCipherSuites());
        for (String row : Files.readAllLines(Paths.get(args[0]))) {
            String[] pair = row.split("="); // NAME=CODE=...
            for (String name : new String[] {pair[0], pair[0].replaceFirst("TLS_", "SSL_")}) {
                if (supported.contains(name)) {
                    codes.put(name, Integer.decode(pair[1]));
                }
            }
        }
        new Jsse().run();
    }
}
