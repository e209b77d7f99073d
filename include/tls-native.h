/* <tls-native.h> - everything libtls-native offers. */
#ifndef TLS_NATIVE_H
#define TLS_NATIVE_H

#include <tls-native/authenticator.h>
#include <tls-native/config.h>
#include <tls-native/conn.h>
#include <tls-native/delegated.h>
#include <tls-native/info.h>
#include <tls-native/pkcs11.h>
#include <tls-native/socket.h>
#include <tls-native/status.h>
#include <tls-native/types.h>
#include <tls-native/x509.h>

#endif
