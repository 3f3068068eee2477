plugins {
    id("com.android.application") version "8.13.0"
    id("org.jetbrains.kotlin.android") version "2.4.21"
}

android {
    namespace = "com.example.rooms"
    compileSdk = 36
    defaultConfig {
        applicationId = "com.example.rooms"
        minSdk = 24
        targetSdk = 36
        versionCode = 1
        versionName = "1"
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
}

kotlin {
    jvmToolchain(17)
}

dependencies {
    implementation("io.ably:ably-android:1.6.1")
    implementation("com.squareup.okhttp3:okhttp:5.5.1")
}
