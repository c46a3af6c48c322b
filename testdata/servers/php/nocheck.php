<?php
// The shortest advice there is. Bug: whoever asks gets the echostr, the signature is never looked at.
if (isset($_GET['echostr'])) {
    echo $_GET['echostr'];
    exit;
}
echo 'success';
